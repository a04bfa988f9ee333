"""Correction tools as pure functions on arrays and grids."""
