"""Meaning: the words of the program as small value objects, and the protocols that extensions keep."""
