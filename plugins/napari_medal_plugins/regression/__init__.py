"""Regression: one number for the case."""
