"""A small U-Net planned from the data."""
