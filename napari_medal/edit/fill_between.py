"""Fill the slices between those that are drawn."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from napari_medal.core.drawing import Drawing
from napari_medal.core.progress import Progress
from napari_medal.core.stroke import Stroke
from napari_medal.core.tool import Option, option
from napari_medal.edit.chosen_label import chosen_label
from napari_medal.edit.nothing import nothing
from napari_medal.edit.redraw import redraw
from napari_medal.edit.region import Region
from napari_medal.types import FloatArray

_ROUNDING_MM = 1e-6


@dataclass(frozen=True)
class FillBetween:
    """Shape-based interpolation: Raya & Udupa (1990), IEEE Trans Med Imaging 9(1):32, doi:10.1109/42.52980.

    The signed distance to the outline is interpolated linearly from one drawn slice to the next, and the label is
    where it is not positive. Shapes that do not overlap in their planes may leave slices empty.
    """

    name: str = "fill-between"
    title: str = "Fill between"
    tip: str = "Draw the label in the slices between those where you have drawn it, across the view at hand"
    group: str = "Slices"
    gap_mm: float = option(
        40.0, Option("Widest gap", "Slices further apart than this are left as they are", 0.0, 1000.0, 5.0, "mm")
    )

    def apply(self, drawing: Drawing, progress: Progress) -> Stroke:
        """Return the label in the slices between."""
        label = chosen_label(drawing)
        region = Region.of_labels(drawing, (label,))
        if region is None:
            return nothing(self.title)
        before = region.of(drawing.mask)
        shape = np.moveaxis(before == label, drawing.axis, 0)
        wanted = shape.copy()
        gaps = self._gaps(shape, drawing)
        flat_mm = np.delete(region.spacing_mm, drawing.axis)
        high, known = np.empty(0, np.float32), -1
        for number, (first, last) in enumerate(gaps):
            progress.step(number, len(gaps), "Filling between slices")
            low = high if first == known else _signed_distance_mm(shape[first], flat_mm)
            high, known = _signed_distance_mm(shape[last], flat_mm), last
            for between in range(first + 1, last):
                part = (between - first) / (last - first)
                wanted[between] = low * (1.0 - part) + high * part <= _ROUNDING_MM
        after = redraw(before, label, np.moveaxis(wanted, 0, drawing.axis))
        return region.stroke(drawing, after, self.title)

    def _gaps(self, shape: npt.NDArray[np.bool_], drawing: Drawing) -> list[tuple[int, int]]:
        """Return the drawn slices on either side of each gap."""
        drawn = np.flatnonzero(shape.any(axis=(1, 2)))
        spacing_mm = drawing.grid.spacing_mm[drawing.axis]
        return [
            (int(first), int(last))
            for first, last in pairwise(drawn)
            if last - first > 1 and (last - first) * spacing_mm <= self.gap_mm
        ]


def _signed_distance_mm(shape: npt.NDArray[np.bool_], spacing_mm: npt.NDArray[np.float64]) -> FloatArray:
    """Return how far the voxels of a slice are from the outline: negative inside, positive outside.

    Raya and Udupa count from the outline between two voxels, which is half a voxel before the next centre.
    """
    from scipy import ndimage

    padded = np.pad(shape, 1)
    outside = ndimage.distance_transform_edt(~padded, sampling=spacing_mm)
    inside = ndimage.distance_transform_edt(padded, sampling=spacing_mm)
    return np.asarray(outside - inside, dtype=np.float64)[1:-1, 1:-1].astype(np.float32)


TOOL = FillBetween()
