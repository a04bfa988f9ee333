"""How much a reader corrected, or would have to."""

from collections.abc import Sequence

import numpy as np

from napari_medal.core.edit_size import EditSize
from napari_medal.metrics.added_path_length import added_path_length
from napari_medal.types import LabelArray

_NOTHING = EditSize(0.0, 0, 0)


def edit_size(shown: LabelArray, wanted: LabelArray, spacing_mm: tuple[float, float, float]) -> EditSize:
    """Measure what turns the mask that is shown into the wanted one; both (Z, Y, X), canonical.

    The length is the added path length; places are joined over faces.
    """
    from scipy import ndimage

    wrong = shown != wanted
    found = [np.flatnonzero(wrong.any(axis=axes)) for axes in ((1, 2), (0, 2), (0, 1))]
    if not found[0].size:
        return _NOTHING
    box = tuple(slice(max(0, int(axis[0]) - 1), int(axis[-1]) + 2) for axis in found)
    inside = wrong[box]
    length_mm = float(added_path_length(shown[box], wanted[box], spacing_mm).sum())
    return EditSize(length_mm, len(found[0]), int(ndimage.label(inside)[1]))


def expected_edit(
    members: Sequence[LabelArray], shown: LabelArray, spacing_mm: tuple[float, float, float]
) -> EditSize | None:
    """Guess what correcting a mask will take from how far the ensemble's members lie from it: their mean.

    It puts cases in an order; members of one training agree more with each other than with a reader. None with a single
    member, which cannot tell.

    Args:
        members: (Z, Y, X) mask of each member.
        shown: (Z, Y, X) mask of their mean.
        spacing_mm: (z, y, x).
    """
    if len(members) < 2:
        return None
    sizes = [edit_size(shown, member, spacing_mm) for member in members]
    return EditSize(
        float(np.mean([size.length_mm for size in sizes])),
        round(float(np.mean([size.slices for size in sizes]))),
        round(float(np.mean([size.components for size in sizes]))),
    )
