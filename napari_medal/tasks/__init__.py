"""What tasks of one kind have in common; a plugin's task begins with one of these."""
