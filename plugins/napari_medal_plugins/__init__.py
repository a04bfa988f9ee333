"""First-party task plugins, found by entry point like a third party's."""
