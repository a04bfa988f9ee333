"""Where a layer keeps its volume's grid; napari's own slices could not show one that is turned."""

LAYER_GRID = "medal_grid"
"""Key in a layer's metadata."""
