"""One dataset format a module."""
