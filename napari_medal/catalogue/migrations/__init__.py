"""Versioned changes of the catalogue's tables, applied when a project is opened."""
