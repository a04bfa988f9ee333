"""From files to volumes and back."""
