"""How large a lesion is."""
