"""One acquisition strategy a module."""
