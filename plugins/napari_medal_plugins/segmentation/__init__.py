"""Segmentation: a mask over the volume."""
