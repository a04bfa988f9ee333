"""A 2D U-Net that goes through volumes slice by slice."""
