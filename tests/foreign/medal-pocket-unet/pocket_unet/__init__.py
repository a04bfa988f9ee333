"""A U-Net that is small enough for a laptop."""
