"""The task for lower-grade glioma on FLAIR."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_medal.core.feature import Feature
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.core.sketch import Sketch
from napari_medal.edit.largest_parts import largest_parts
from napari_medal.metrics.angular_standard_deviation import angular_standard_deviation
from napari_medal.metrics.ellipsoid_volume_ratio import ellipsoid_volume_ratio
from napari_medal.metrics.margin_fluctuation import margin_fluctuation
from napari_medal.metrics.slice_choice import SliceChoice
from napari_medal.tasks.mask_task import MaskTask
from napari_medal.types import LabelArray
from napari_medal_plugins.lower_grade_glioma.drawing import draw

_MM3_A_ML = 1000.0
_FEATURES = (
    Feature(
        "angular_standard_deviation",
        "Angular standard deviation",
        "How much the distance from the middle to the edge varies within a tenth of the way around; a circle has 0",
    ),
    Feature(
        "ellipsoid_volume_ratio",
        "Bounding ellipsoid volume ratio",
        "How much of the smallest ellipsoid around it the tumour fills; high if regular, low if irregular",
    ),
    Feature(
        "margin_fluctuation",
        "Margin fluctuation",
        "How much the edge wavers around a smooth one; low if smooth, high if jagged",
    ),
    Feature("volume", "Volume", "The volume of all that is labelled", "mL"),
)
_ANGULAR, _RATIO, _FLUCTUATION, _ = (feature.name for feature in _FEATURES)
_PAIRS = (
    *((_RATIO, column) for column in ("RNASeqCluster", "miRNACluster", "CNCluster", "COCCluster")),
    (_FLUCTUATION, "RNASeqCluster"),
    *((_ANGULAR, column) for column in ("IDH_1p19q", "RNASeqCluster", "MethylationCluster", "CNCluster", "COCCluster")),
)


@dataclass(frozen=True)
class LowerGradeGlioma(MaskTask):
    """The abnormality on FLAIR is drawn, and its shape measured as Buda, Saha and Mazurowski did (2019).

    All labels of the scheme together are the tumour; its shape is that of the largest piece.

    Args:
        labels: What a new project asks for.
        features: What `figures` returns, in order.
        slices: Which slices stand for the tumour in the two figures of its edge.
        pairs: The ten hypotheses of the paper, by the columns of the set's own table, which has no IDH_1p19q.
    """

    name: str = "lower-grade-glioma"
    title: str = "Lower-grade glioma: the abnormality on FLAIR, and its shape"
    recipe: str = "glioma-flair"
    panel: str = "napari_medal_plugins.lower_grade_glioma.panel:GliomaPanel"
    labels: tuple[str, ...] = ("1=tumour",)
    features: tuple[Feature, ...] = _FEATURES
    slices: SliceChoice = SliceChoice.LARGEST
    pairs: tuple[tuple[str, str], ...] = _PAIRS

    def figures(self, mask: LabelArray, scheme: LabelScheme, grid: Grid) -> tuple[float, ...]:
        """Return the figures of a mask (Z, Y, X); those of the shape are nan where it is empty."""
        tumour = np.isin(mask, scheme.values)
        piece = _largest_piece(tumour)
        return (
            angular_standard_deviation(piece, grid.spacing_mm, self.slices),
            ellipsoid_volume_ratio(piece, grid.spacing_mm),
            margin_fluctuation(piece, grid.spacing_mm, self.slices),
            np.count_nonzero(tumour) * grid.voxel_volume_mm3 / _MM3_A_ML,
        )

    def sketches(self, mask: LabelArray, scheme: LabelScheme, grid: Grid) -> tuple[Sketch, ...]:
        """Draw "ellipsoid", "centroid" and "radii" of a mask (Z, Y, X)."""
        return draw(_largest_piece(np.isin(mask, scheme.values)), grid.spacing_mm, self.slices)


TASK = LowerGradeGlioma()


def _largest_piece(tumour: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    return largest_parts(tumour.astype(np.uint8)) > 0
