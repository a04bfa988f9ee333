"""Two networks that take the brain out of a head: a 3D U-Net, and a 2D one that goes through it slice by slice."""
