"""Where a class is in question: the band of voxels around its predicted boundary."""

import numpy as np
import numpy.typing as npt

from napari_medal.types import FloatArray
from napari_medal.uncertainty.dilation import dilate

_WIDTH_VOXELS = 2
_MARGIN = 0.1
"""A mean probability between margin / C and 1 - margin / C counts as undecided."""


def band_means(values: FloatArray, mean: FloatArray) -> FloatArray:
    """Average a map over the band of each class.

    The band of a class holds the voxels whose mean probability of it is undecided, and those within 2 voxels
    of the boundary of its predicted region, on either side. Its thickness does not depend on how large the
    structure or the background is, so neither leaks into the average. Restricting uncertainty to the
    neighbourhood of the target improves it for active learning (selective uncertainty, arXiv 2401.16298).

    Args:
        values: (Z, Y, X) map, or one for each class, (C, Z, Y, X).
        mean: (C, Z, Y, X) ensemble mean.

    Returns:
        (C,) averages; 0 for a class whose band is empty.
    """
    winners = mean.argmax(axis=0)
    maps = np.broadcast_to(values, mean.shape)
    bands = (_class_band(mean[label], winners == label, len(mean)) for label in range(len(mean)))
    means = (within[band].mean() if band.any() else 0.0 for within, band in zip(maps, bands, strict=True))
    return np.fromiter(means, dtype=np.float32, count=len(mean))


def _class_band(probability: FloatArray, region: npt.NDArray[np.bool_], classes: int) -> npt.NDArray[np.bool_]:
    low = _MARGIN / classes
    boundary = dilate(region, _WIDTH_VOXELS) & dilate(~region, _WIDTH_VOXELS)
    undecided: npt.NDArray[np.bool_] = boundary | ((probability > low) & (probability < 1.0 - low))
    return undecided
