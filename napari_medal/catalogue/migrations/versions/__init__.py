"""One module for each change, oldest first."""
