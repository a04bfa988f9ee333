"""How long a reader would take, for simulated readers.

The time of a correction goes with the length of the contours drawn anew, far more than with voxels or Dice (Vaassen
et al. 2020, Phys Imaging Radiat Oncol 13:1; 329 CTs: rho 0.69, PubMed 34027588). The coefficients below are guesses of
the right size, not measurements: read simulated minutes as a scale to compare strategies on, not as a promise.
"""

import numpy as np

from napari_medal.core.grid import Grid
from napari_medal.metrics.added_path_length import added_path_length
from napari_medal.types import LabelArray

_SECONDS_TO_LOOK = 15.0
_SECONDS_A_MM = 0.08
_SECONDS_A_SLICE = 1.5
_SECONDS_A_COMPONENT = 3.0
_SECONDS_A_CLASS = 10.0
_SECONDS_A_VALUE = 20.0


def mask_seconds(shown: LabelArray, wanted: LabelArray, grid: Grid) -> float:
    """Return the seconds to turn the mask that is shown into the wanted one; both (Z, Y, X), canonical."""
    from scipy import ndimage

    wrong = shown != wanted
    slices = int(np.count_nonzero(wrong.any(axis=(1, 2))))
    components = int(ndimage.label(wrong)[1])
    length_mm = float(added_path_length(shown, wanted, grid.spacing_mm).sum())
    return (
        _SECONDS_TO_LOOK
        + _SECONDS_A_MM * length_mm
        + _SECONDS_A_SLICE * slices
        + _SECONDS_A_COMPONENT * min(components, slices)
    )


def class_seconds() -> float:
    """Return the seconds to choose a class."""
    return _SECONDS_A_CLASS


def value_seconds() -> float:
    """Return the seconds to say a number."""
    return _SECONDS_A_VALUE
