"""Remove the small islands of a label."""

from dataclasses import dataclass
from enum import StrEnum

from napari_medal.core.drawing import Drawing
from napari_medal.core.progress import Progress
from napari_medal.core.stroke import Stroke
from napari_medal.core.tool import Option, option
from napari_medal.edit.islands import Islands
from napari_medal.edit.nothing import nothing
from napari_medal.edit.redraw import redraw


class Unit(StrEnum):
    """What the size of an island is counted in."""

    MM3 = "mm³"
    VOXELS = "Voxels"
    SHARE = "% of the mean part"


@dataclass(frozen=True)
class RemoveSmall:
    """Removes the islands of the label that are smaller than wanted."""

    name: str = "remove-small"
    title: str = "Remove small"
    tip: str = "Remove separate parts of the label that are too small to be meant"
    group: str = "Islands"
    size: float = option(10.0, Option("Smaller than", "Parts below this size go", 0.0, 1_000_000.0, 5.0))
    unit: Unit = option(Unit.MM3, Option("Counted in", "A share is one of the mean size of the parts"))

    def apply(self, drawing: Drawing, progress: Progress) -> Stroke:
        """Return what is removed."""
        islands = Islands.of_label(drawing)
        progress.check()
        if islands is None:
            return nothing(self.title)
        keep = islands.sizes >= self.size / self._per_voxel(islands, drawing)
        before = islands.region.of(drawing.mask)
        return islands.region.stroke(drawing, redraw(before, drawing.label, islands.marked(keep)), self.title)

    def _per_voxel(self, islands: Islands, drawing: Drawing) -> float:
        """Return how much a voxel counts in the unit."""
        if self.unit is Unit.VOXELS:
            return 1.0
        if self.unit is Unit.MM3:
            return drawing.grid.voxel_volume_mm3
        return 100.0 / float(islands.sizes[1:].mean())


TOOL = RemoveSmall()
