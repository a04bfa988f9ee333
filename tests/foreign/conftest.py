"""Packages of other people; their own tests run where they are installed."""

collect_ignore_glob = ["*/tests/*"]
