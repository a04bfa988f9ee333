"""Swin UNETR planned from the data."""
