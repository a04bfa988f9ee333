"""Overlap, surface, classification; confidence intervals."""
