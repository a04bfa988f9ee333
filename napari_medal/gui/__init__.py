"""The only home of qtpy, magicgui and napari."""
