"""A U-Net with attention gates, planned from the data."""
