"""Where an ensemble doubts its masks, in words."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from napari_medal.types import FloatArray, LabelArray
from napari_medal.uncertainty.dilation import dilate

_BAND_VOXELS = 1
_NEGLIGIBLE = 0.01
"""A slice that holds less of the doubt that it could is not worth a word."""


def slice_doubts(uncertainty: FloatArray, found: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Return how much doubt each slice holds near the region `found`, as a share of the most that a slice could hold.

    It is the sum of a (Z, Y, X) map over the region, grown by a voxel, and not its mean: a reader is to be led to where
    most voxels are wrong, and a mean leads to ends of a structure that have few voxels.

    Returns:
        (Z,) shares in [0, 1] of the largest slice of the region; 0 on slices without it.
    """
    band = dilate(found, _BAND_VOXELS)
    sums = np.where(band, uncertainty, 0.0).sum(axis=(1, 2), dtype=np.float64)
    return np.asarray(sums / max(int(np.count_nonzero(band, axis=(1, 2)).max()), 1), dtype=np.float64)


def doubt_in_words(
    uncertainty: FloatArray,
    members: LabelArray,
    mean: LabelArray,
    per_class: Sequence[float],
    names: Sequence[str],
) -> str:
    """Name the most uncertain structure and the slices where it is in doubt, counted from 1 along axis 0.

    Args:
        uncertainty: (Z, Y, X) map.
        members: (S, Z, Y, X) likeliest class of each member, background 0.
        mean: (Z, Y, X) likeliest class of the ensemble mean.
        per_class: Uncertainty of each structure.
        names: Name of each structure.
    """
    if not members.any() and not mean.any():
        return "no structure predicted"
    worst = int(np.argmax(per_class))
    name = names[worst]
    in_members = members == worst + 1
    values = slice_doubts(uncertainty, in_members.any(axis=0) | (mean == worst + 1))
    if per_class[worst] < _NEGLIGIBLE or values.max() < _NEGLIGIBLE:
        return "nothing stands out as uncertain"
    where = _slices_in_words(values)
    has_it = in_members.any(axis=(1, 2, 3))
    if has_it.any() and not has_it.all():
        return f"members disagree whether {name} is there at all" + (f", {where}" if where else "")
    return f"{name} boundary uncertain" + (f" on {where}" if where else "")


def _slices_in_words(values: npt.NDArray[np.float64]) -> str:
    """Say which run of slices holds most of the doubt: "slices 14-19"; nothing for a single-slice image."""
    if len(values) == 1:
        return ""
    first, last = _worst_run(values)
    return f"slice {first + 1}" if first == last else f"slices {first + 1}-{last + 1}"


def _worst_run(values: npt.NDArray[np.float64]) -> tuple[int, int]:
    """Return first and last index of the run, of values above half the largest, with the largest sum."""
    high = np.concatenate([[False], values >= values.max() / 2, [False]])
    starts = np.flatnonzero(high[1:] & ~high[:-1])
    ends = np.flatnonzero(high[:-1] & ~high[1:])
    sums = [values[start:end].sum() for start, end in zip(starts, ends, strict=True)]
    worst = int(np.argmax(sums))
    return int(starts[worst]), int(ends[worst]) - 1
