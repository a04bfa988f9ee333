"""What napari.yaml names; imports inside functions."""
