"""What recipes of one kind have in common; the only package here that others of it may import."""
