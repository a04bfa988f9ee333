"""Keep the largest islands of a label."""

from dataclasses import dataclass

import numpy as np

from napari_medal.core.drawing import Drawing
from napari_medal.core.progress import Progress
from napari_medal.core.stroke import Stroke
from napari_medal.core.tool import Option, option
from napari_medal.edit.islands import Islands
from napari_medal.edit.nothing import nothing
from napari_medal.edit.redraw import redraw


@dataclass(frozen=True)
class KeepLargest:
    """Removes all islands of the label but the largest."""

    name: str = "keep-largest"
    title: str = "Keep largest"
    tip: str = "Remove all separate parts of the label but the largest"
    group: str = "Islands"
    count: int = option(1, Option("How many", "How many parts are kept", 1, 100, 1))

    def apply(self, drawing: Drawing, progress: Progress) -> Stroke:
        """Return what is removed."""
        islands = Islands.of_label(drawing)
        progress.check()
        if islands is None or islands.count <= self.count:
            return nothing(self.title)
        keep = np.zeros(islands.count + 1, dtype=np.bool_)
        keep[islands.ranked(islands.sizes.astype(np.float64), drawing)[: self.count]] = True
        before = islands.region.of(drawing.mask)
        return islands.region.stroke(drawing, redraw(before, drawing.label, islands.marked(keep)), self.title)


TOOL = KeepLargest()
