"""Keep or remove the island under the crosshair."""

from dataclasses import dataclass

import numpy as np

from napari_medal.core.drawing import Drawing
from napari_medal.core.progress import Progress
from napari_medal.core.stroke import Stroke
from napari_medal.edit.islands import Islands
from napari_medal.edit.nothing import nothing
from napari_medal.edit.redraw import redraw


@dataclass(frozen=True)
class Island:
    """Keeps the island under the crosshair and removes the others, or the other way round."""

    name: str
    title: str
    tip: str
    keeps: bool
    group: str = "Islands"

    def apply(self, drawing: Drawing, progress: Progress) -> Stroke:
        """Return what is removed.

        Raises:
            DrawingError: The crosshair is not on the label.
        """
        islands = Islands.of_label(drawing)
        progress.check()
        if islands is None:
            return nothing(self.title)
        keep = np.full(islands.count + 1, not self.keeps, dtype=np.bool_)
        keep[islands.under(drawing)] = self.keeps
        before = islands.region.of(drawing.mask)
        return islands.region.stroke(drawing, redraw(before, drawing.label, islands.marked(keep)), self.title)


KEEP = Island("keep-island", "Keep this one", "Remove all parts of the label but the one under the crosshair", True)
REMOVE = Island("remove-island", "Remove this one", "Remove the part of the label under the crosshair", False)
