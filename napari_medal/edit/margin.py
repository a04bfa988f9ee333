"""Grow or shrink a label by a margin."""

from dataclasses import dataclass

from napari_medal.core.drawing import Drawing
from napari_medal.core.progress import Progress
from napari_medal.core.stroke import Stroke
from napari_medal.core.tool import Option, option
from napari_medal.edit.chosen_label import chosen_label
from napari_medal.edit.distance import TOLERANCE_MM, distance_mm
from napari_medal.edit.extent import Extent
from napari_medal.edit.nothing import nothing
from napari_medal.edit.redraw import redraw
from napari_medal.edit.region import Region


@dataclass(frozen=True)
class Margin:
    """Moves the outline by a true distance, whatever the voxels' sides; at the volume's edge nothing is taken off."""

    name: str = "margin"
    title: str = "Margin"
    tip: str = "Grow the label by a margin, or shrink it by a negative one; other labels stay"
    group: str = "Shape"
    margin_mm: float = option(
        2.0, Option("Margin", "Above 0 the label grows, below 0 it shrinks", -100.0, 100.0, 0.5, "mm")
    )
    extent: Extent = option(Extent.VOLUME, Option("Where", "In this slice only, or in 3D"))

    def apply(self, drawing: Drawing, progress: Progress) -> Stroke:
        """Return the label with its margin."""
        label = chosen_label(drawing)
        found = Region.of_labels(drawing, (label,), self.extent.region(drawing))
        if found is None or self.margin_mm == 0.0:
            return nothing(self.title)
        region = found.widened(max(self.margin_mm, 0.0))
        progress.check()
        before = region.of(drawing.mask)
        shape = before == label
        if self.margin_mm > 0.0:
            wanted = distance_mm(shape, region.spacing_mm) <= self.margin_mm + TOLERANCE_MM
        else:
            wanted = distance_mm(~shape, region.spacing_mm) > -self.margin_mm + TOLERANCE_MM
        progress.check()
        return region.stroke(drawing, redraw(before, label, wanted), self.title)


TOOL = Margin()
