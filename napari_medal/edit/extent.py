"""How far a tool reaches."""

from enum import StrEnum

from napari_medal.core.drawing import Drawing
from napari_medal.edit.region import Region


class Extent(StrEnum):
    """Whether a tool works in the slice at hand, as a 2D tool, or in the volume, as a 3D one."""

    SLICE = "This slice"
    VOLUME = "Whole volume"

    def region(self, drawing: Drawing) -> Region:
        """Return what the tool may look at."""
        whole = Region.whole(drawing.grid)
        return whole.at_slice(drawing.axis, drawing.index[drawing.axis]) if self is Extent.SLICE else whole
