"""Keep the wall of a label."""

from dataclasses import dataclass
from enum import StrEnum

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


class Wall(StrEnum):
    """On which side of the outline the wall stands."""

    INSIDE = "Inside the outline"
    OUTSIDE = "Outside the outline"


@dataclass(frozen=True)
class Hollow:
    """Turns a solid label into a wall of a true thickness."""

    name: str = "hollow"
    title: str = "Hollow"
    tip: str = "Keep only a wall of the label, as of an airway, a vessel or a bladder"
    group: str = "Shape"
    wall_mm: float = option(2.0, Option("Wall", "How thick the wall is", 0.1, 50.0, 0.5, "mm"))
    wall: Wall = option(Wall.INSIDE, Option("Side", "Whether the outline as drawn is the outer or the inner face"))
    extent: Extent = option(Extent.VOLUME, Option("Where", "In this slice only, or in 3D"))

    def apply(self, drawing: Drawing, progress: Progress) -> Stroke:
        """Return the wall."""
        label = chosen_label(drawing)
        found = Region.of_labels(drawing, (label,), self.extent.region(drawing))
        if found is None:
            return nothing(self.title)
        region = found.widened(self.wall_mm if self.wall is Wall.OUTSIDE else 0.0)
        progress.check()
        before = region.of(drawing.mask)
        shape = before == label
        if self.wall is Wall.OUTSIDE:
            wanted = ~shape & (distance_mm(shape, region.spacing_mm) <= self.wall_mm + TOLERANCE_MM)
        else:
            wanted = shape & (distance_mm(~shape, region.spacing_mm) <= self.wall_mm + TOLERANCE_MM)
        progress.check()
        return region.stroke(drawing, redraw(before, label, wanted), self.title)


TOOL = Hollow()
