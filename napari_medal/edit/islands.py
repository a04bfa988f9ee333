"""The separate parts of a label."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from napari_medal.core.drawing import Drawing
from napari_medal.edit.chosen_label import chosen_label
from napari_medal.edit.region import Region
from napari_medal.errors import DrawingError


@dataclass(frozen=True, eq=False)
class Islands:
    """The parts of a shape that touch nowhere, not even at a corner.

    Args:
        region: Where they lie.
        numbers: (Z, Y, X) of the region: 0 outside the shape, 1, 2, ... in it.
        count: How many there are.
    """

    region: Region
    numbers: npt.NDArray[np.int32]
    count: int

    @classmethod
    def of_shape(cls, region: Region, shape: npt.NDArray[np.bool_]) -> "Islands":
        """Take a (Z, Y, X) shape of a region apart."""
        from scipy import ndimage

        numbers, count = ndimage.label(shape, structure=np.ones((3, 3, 3), dtype=np.bool_))
        return cls(region, np.asarray(numbers, dtype=np.int32), int(count))

    @classmethod
    def of_label(cls, drawing: Drawing) -> "Islands | None":
        """Take the label that is being drawn apart; None where it is empty.

        Raises:
            DrawingError: No label is chosen.
        """
        label = chosen_label(drawing)
        region = Region.of_labels(drawing, (label,))
        return None if region is None else cls.of_shape(region, region.of(drawing.mask) == label)

    @cached_property
    def sizes(self) -> npt.NDArray[np.int64]:
        """(count + 1,) voxels of each island by its number; 0 for what lies outside."""
        sizes = np.bincount(self.numbers.reshape(-1), minlength=self.count + 1)
        sizes[0] = 0
        return sizes.astype(np.int64)

    def under(self, drawing: Drawing) -> int:
        """Return the number of the island under the crosshair.

        Raises:
            DrawingError: There is none.
        """
        number = int(self.numbers[self.region.place(drawing.index)]) if self.region.holds(drawing.index) else 0
        if number == 0:
            name = drawing.scheme.by_value(drawing.label).name
            msg = f"The crosshair is not on {name}; move it onto the part that you mean."
            raise DrawingError(msg)
        return number

    def ranked(self, weights: npt.NDArray[np.float64], drawing: Drawing) -> list[int]:
        """Return the numbers of the islands, the largest of (count + 1,) weights first.

        Of two that weigh the same, the one that is nearer to the crosshair comes first.
        """
        from scipy import ndimage

        numbers = np.arange(1, self.count + 1)
        if np.unique(weights[1:]).size == self.count:
            return [int(number) for number in numbers[np.argsort(-weights[1:])]]
        middles = np.array(ndimage.center_of_mass(self.numbers > 0, self.numbers, numbers)).reshape(-1, 3)
        away = (middles - self.region.place(drawing.index)) * self.region.spacing_mm
        order = np.lexsort((np.round(np.linalg.norm(away, axis=1), 6), -weights[1:]))
        return [int(number) for number in numbers[order]]

    def marked(self, keep: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Return the (Z, Y, X) voxels of those islands that (count + 1,) `keep` marks by number."""
        marks = keep.copy()
        marks[0] = False
        return marks[self.numbers]
