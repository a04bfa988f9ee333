"""A recipe whose network library has gone missing."""
