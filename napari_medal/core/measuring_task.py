"""The protocol of a task that reads figures off its masks."""

from typing import Protocol, runtime_checkable

from napari_medal.core.feature import Feature
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.core.sketch import Sketch
from napari_medal.types import LabelArray


@runtime_checkable
class MeasuringTask(Protocol):
    """What a task that draws keeps beside `Task` when its masks are measured, such as the shape of a tumour.

    `figures` and `sketches` are called in the background, for labels and for predictions alike.
    """

    @property
    def features(self) -> tuple[Feature, ...]:
        """The figures, in the order of a table's columns."""

    def figures(self, mask: LabelArray, scheme: LabelScheme, grid: Grid) -> tuple[float, ...]:
        """Return one figure for each feature; nan where a mask (Z, Y, X) does not have it, such as an empty one."""

    def sketches(self, mask: LabelArray, scheme: LabelScheme, grid: Grid) -> tuple[Sketch, ...]:
        """Draw what the figures come from; the same names in the same order for every mask, empty where there is
        nothing to draw.
        """  # noqa: D205
