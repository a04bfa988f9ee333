"""The task: a lesion is drawn, and measured."""

from dataclasses import dataclass

import numpy as np

from lesion_size.diameter import longest_diameter
from napari_medal.core.feature import Feature
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.core.sketch import Sketch
from napari_medal.tasks.mask_task import MaskTask
from napari_medal.types import LabelArray

_FEATURES = (
    Feature("volume", "Volume", "The volume of all that is drawn", "mL"),
    Feature("longest_diameter", "Longest diameter", "The longest line within a slice, from edge to edge", "mm"),
)


@dataclass(frozen=True)
class LesionSize(MaskTask):
    """Lesions are drawn; all labels together are what is measured."""

    name: str = "lesion-size"
    title: str = "Lesion size: a mask, its volume and its longest diameter"
    panel: str = "lesion_size.panel:SizePanel"
    labels: tuple[str, ...] = ("1=lesion",)
    features: tuple[Feature, ...] = _FEATURES

    def figures(self, mask: LabelArray, scheme: LabelScheme, grid: Grid) -> tuple[float, ...]:
        """Return volume and longest diameter of a mask (Z, Y, X); an empty one has no diameter."""
        lesion = np.isin(mask, scheme.values)
        line = longest_diameter(lesion, grid.spacing_mm)
        length = float("nan") if line is None else float(np.linalg.norm(line[1] - line[0]))
        return np.count_nonzero(lesion) * grid.voxel_volume_mm3 / 1000, length

    def sketches(self, mask: LabelArray, scheme: LabelScheme, grid: Grid) -> tuple[Sketch, ...]:
        """Draw the longest diameter."""
        line = longest_diameter(np.isin(mask, scheme.values), grid.spacing_mm)
        paths = () if line is None else (line,)
        return (Sketch("diameter", "Longest diameter", "Where the lesion is measured", "#00e5ff", paths),)


TASK = LesionSize()
