"""SegResNet planned from the data."""
