"""A residual U-Net planned from the data."""
