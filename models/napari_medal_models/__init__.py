"""First-party recipes, one folder each, found by entry point like anyone else's."""
