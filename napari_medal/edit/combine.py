"""Combine a label with another one."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from napari_medal.core.drawing import Drawing
from napari_medal.core.progress import Progress
from napari_medal.core.stroke import Stroke
from napari_medal.core.tool import Option, option
from napari_medal.edit.chosen_label import chosen_label
from napari_medal.edit.distance import TOLERANCE_MM, distance_mm
from napari_medal.edit.nothing import nothing
from napari_medal.edit.region import Region
from napari_medal.errors import DrawingError
from napari_medal.types import LabelArray


class Operation(StrEnum):
    """What becomes of the label."""

    ADD = "Add the other"
    SUBTRACT = "Subtract the other"
    INTERSECT = "Keep what both hold"
    COPY = "Become the other"


class Source(StrEnum):
    """Where the other label is taken from."""

    DRAWING = "As drawn"
    PREDICTION = "As predicted"


@dataclass(frozen=True)
class Combine:
    """Boolean operations between two labels of a mask, or of a mask and the prediction.

    A voxel has one label. So what the label gains from another one as drawn, that one loses; a third label stays. As
    two labels never overlap, subtracting and intersecting as drawn make sense with a margin around the other.
    """

    name: str = "combine"
    title: str = "Combine"
    tip: str = "Add another label to this one, subtract it, keep what both hold, or copy it"
    group: str = "Labels"
    operation: Operation = option(Operation.ADD, Option("Do", "What becomes of the label"))
    other: int = option(0, Option("With", "The other label", 0, 255, 1, is_label=True))
    source: Source = option(Source.DRAWING, Option("The other", "From the label as drawn, or from the prediction"))
    margin_mm: float = option(0.0, Option("Around it", "Grow the other by this margin first", 0.0, 100.0, 0.5, "mm"))

    def apply(self, drawing: Drawing, progress: Progress) -> Stroke:
        """Return the combined label.

        Raises:
            DrawingError: There is no such other label, or no prediction.
        """
        label = chosen_label(drawing)
        array = self._array(drawing, label)
        found = Region.whole(drawing.grid).of_true(array, (self.other,))
        own = Region.of_labels(drawing, (label,))
        if found is None and (own is None or self.operation in (Operation.ADD, Operation.SUBTRACT)):
            return nothing(self.title)
        other = None if found is None else found.widened(self.margin_mm, 0)
        region = other.joined(own) if other is not None else own
        if region is None:
            return nothing(self.title)
        progress.check()
        before = region.of(drawing.mask)
        shape = region.of(array) == self.other
        if self.margin_mm > 0.0:
            shape = distance_mm(shape, region.spacing_mm) <= self.margin_mm + TOLERANCE_MM
        progress.check()
        return region.stroke(drawing, self._combined(before, label, shape), self.title)

    def _array(self, drawing: Drawing, label: int) -> LabelArray:
        """Return the mask that holds the other label."""
        if self.other not in drawing.scheme.values:
            msg = f"Choose the other label: one of {', '.join(drawing.scheme.names)}."
            raise DrawingError(msg)
        if self.source is Source.DRAWING:
            if self.other == label:
                msg = f"{drawing.scheme.by_value(label).name} cannot be combined with itself; choose another label."
                raise DrawingError(msg)
            return drawing.mask
        if drawing.prediction is None:
            msg = "There is no prediction of this case yet; train a model first."
            raise DrawingError(msg)
        return drawing.prediction

    def _combined(self, before: LabelArray, label: int, shape: npt.NDArray[np.bool_]) -> LabelArray:
        after = before.copy()
        if self.operation is Operation.SUBTRACT:
            after[(before == label) & shape] = 0
            return after
        if self.operation in (Operation.INTERSECT, Operation.COPY):
            after[(before == label) & ~shape] = 0
        if self.operation in (Operation.ADD, Operation.COPY):
            giving = (before == 0) | ((before == self.other) if self.source is Source.DRAWING else False)
            after[giving & shape] = label
        return after


TOOL = Combine()
