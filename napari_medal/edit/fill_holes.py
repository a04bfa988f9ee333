"""Fill the holes of a label."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from napari_medal.core.drawing import Drawing
from napari_medal.core.progress import Progress
from napari_medal.core.stroke import Stroke
from napari_medal.core.tool import Option, option
from napari_medal.edit.chosen_label import chosen_label
from napari_medal.edit.extent import Extent
from napari_medal.edit.nothing import nothing
from napari_medal.edit.redraw import redraw
from napari_medal.edit.region import Region


class Holes(StrEnum):
    """What counts as a hole."""

    SLICE = "Holes in this slice"
    SLICES = "Holes in every slice"
    VOLUME = "Cavities closed in 3D"


@dataclass(frozen=True)
class FillHoles:
    """Fills background that the label closes in, by faces; other labels within a hole stay."""

    name: str = "fill-holes"
    title: str = "Fill holes"
    tip: str = "Fill the background that the label encloses"
    group: str = "Shape"
    holes: Holes = option(Holes.SLICES, Option("What", "Enclosed in the slices of this view, or on all sides"))

    def apply(self, drawing: Drawing, progress: Progress) -> Stroke:
        """Return the label without its holes."""
        from scipy import ndimage

        label = chosen_label(drawing)
        extent = Extent.SLICE if self.holes is Holes.SLICE else Extent.VOLUME
        region = Region.of_labels(drawing, (label,), extent.region(drawing))
        if region is None:
            return nothing(self.title)
        progress.check()
        before = region.of(drawing.mask)
        neighbours = ndimage.generate_binary_structure(3, 1)
        if self.holes is not Holes.VOLUME:
            outer = np.moveaxis(neighbours, drawing.axis, 0)
            outer[0], outer[2] = False, False
        wanted = ndimage.binary_fill_holes(before == label, structure=neighbours)
        return region.stroke(drawing, redraw(before, label, np.asarray(wanted, dtype=np.bool_)), self.title)


TOOL = FillHoles()
