"""A U-Net with deep supervision, planned from the data."""
