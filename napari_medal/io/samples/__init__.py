"""Cohorts to try the program on: made in code, or fetched."""
