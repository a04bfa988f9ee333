"""Give each island of a label a label of its own."""

from dataclasses import dataclass

import numpy as np

from napari_medal.core.drawing import Drawing
from napari_medal.core.progress import Progress
from napari_medal.core.stroke import Stroke
from napari_medal.edit.islands import Islands
from napari_medal.edit.nothing import nothing
from napari_medal.errors import DrawingError


@dataclass(frozen=True)
class Split:
    """Lets the largest island keep the label; the others get labels that the mask does not hold yet, in order."""

    name: str = "split"
    title: str = "Split"
    tip: str = "Give each separate part of the label a label of its own, the largest part keeps its label"
    group: str = "Islands"

    def apply(self, drawing: Drawing, progress: Progress) -> Stroke:
        """Return the parts with their labels.

        Raises:
            DrawingError: There are more parts than free labels.
        """
        islands = Islands.of_label(drawing)
        progress.check()
        if islands is None or islands.count == 1:
            return nothing(self.title)
        free = [value for value in drawing.scheme.values if not (drawing.mask == value).any()]
        if islands.count - 1 > len(free):
            name = drawing.scheme.by_value(drawing.label).name
            msg = (
                f"{name} has {islands.count} separate parts, and {len(free)} labels of this task are free. Remove "
                "small parts first, or keep the part under the crosshair."
            )
            raise DrawingError(msg)
        values = np.zeros(islands.count + 1, dtype=np.uint8)
        ranked = islands.ranked(islands.sizes.astype(np.float64), drawing)
        values[ranked] = [drawing.label, *free[: islands.count - 1]]
        after = np.where(islands.numbers > 0, values[islands.numbers], islands.region.of(drawing.mask))
        return islands.region.stroke(drawing, after, self.title)


TOOL = Split()
