"""Smooth the outline of a label."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from napari_medal.core.drawing import Drawing
from napari_medal.core.progress import Progress
from napari_medal.core.stroke import Stroke
from napari_medal.core.tool import Option, option
from napari_medal.edit.chosen_label import chosen_label
from napari_medal.edit.extent import Extent
from napari_medal.edit.nothing import nothing
from napari_medal.edit.redraw import redraw
from napari_medal.edit.region import Region
from napari_medal.types import FloatArray

_TRUNCATE = 3.0
"""A Gaussian is cut off after this many standard deviations; what is left out is 0.3 %."""
_ROUNDING = 1e-4
"""One half in single precision, whatever the order of the axes."""


class Filter(StrEnum):
    """What is done to the outline."""

    GAUSSIAN = "Gaussian"
    MEDIAN = "Median"


@dataclass(frozen=True)
class Smooth:
    """Keeps voxels where the smoothed label is one half and more: a Gaussian, or the majority in a box."""

    name: str = "smooth"
    title: str = "Smooth"
    tip: str = "Round off the outline of the label; thin parts go and small gaps close"
    group: str = "Shape"
    size_mm: float = option(
        2.0, Option("Size", "Standard deviation of the Gaussian, or reach of the median", 0.0, 50.0, 0.5, "mm")
    )
    filter: Filter = option(Filter.GAUSSIAN, Option("Filter", "The Gaussian rounds more; the median keeps flat sides"))
    extent: Extent = option(Extent.VOLUME, Option("Where", "In this slice only, or in 3D"))

    def apply(self, drawing: Drawing, progress: Progress) -> Stroke:
        """Return the smoothed label."""
        label = chosen_label(drawing)
        found = Region.of_labels(drawing, (label,), self.extent.region(drawing))
        if found is None or self.size_mm <= 0.0:
            return nothing(self.title)
        region = found.widened(self.size_mm * _TRUNCATE)
        progress.check()
        before = region.of(drawing.mask)
        reach = [0.0 if axis == region.flat else self.size_mm / mm for axis, mm in enumerate(region.spacing_mm)]
        share = _smoothed(before == label, self.filter, reach)
        progress.check()
        return region.stroke(drawing, redraw(before, label, share >= 0.5 - _ROUNDING), self.title)


def _smoothed(shape: npt.NDArray[np.bool_], kind: Filter, reach: list[float]) -> FloatArray:
    """Return the share of the label around each voxel, [0, 1]; `reach` counts voxels along each axis."""
    from scipy import ndimage

    label = shape.astype(np.float32)
    if kind is Filter.GAUSSIAN:
        return np.asarray(ndimage.gaussian_filter(label, reach, mode="nearest", truncate=_TRUNCATE))
    sides = [2 * round(voxels) + 1 for voxels in reach]
    return np.asarray(ndimage.uniform_filter(label, sides, mode="nearest"))


TOOL = Smooth()
