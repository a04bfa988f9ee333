"""A mask as its folder means it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_medal.core.labels import LabelScheme
from napari_medal.core.mask_meaning import MaskMeaning
from napari_medal.core.slice_ranges import SliceRanges, as_flags, merged
from napari_medal.errors import GeometryError
from napari_medal.types import ImageArray, LabelArray


@dataclass(frozen=True, eq=False)
class MeantMask:
    """Label values (Z, Y, X), and first and last of the slices that are right, from 0; None for all."""

    values: LabelArray
    confirmed: SliceRanges | None = None


def meant_mask(array: ImageArray, meaning: MaskMeaning, scheme: LabelScheme, name: str) -> MeantMask:
    """Turn (Z, Y, X) stored values into those of labels; a slice with a voxel that nobody labelled is not right.

    Raises:
        GeometryError: It holds values that the folder or the scheme does not know, or no slice is right; the message
            names `name`.
    """
    confirmed = None if meaning.confirmed is None else merged(meaning.confirmed, len(array))
    if meaning.unknown is not None:
        unlabelled = array == meaning.unknown
        if unlabelled.any():
            confirmed = _without(unlabelled.any(axis=(1, 2)), confirmed, name)
            array = np.where(unlabelled, 0, array)
    return MeantMask(scheme.validate_mask(_renumbered(array, meaning.values, name), name), confirmed)


def _without(unlabelled: npt.NDArray[np.bool_], confirmed: SliceRanges | None, name: str) -> SliceRanges | None:
    flags = as_flags(confirmed, len(unlabelled)) & ~unlabelled
    if not flags.any():
        msg = f"{name}: found voxels that nobody has labelled in every slice; wanted one slice at least without any."
        raise GeometryError(msg)
    return merged(((int(z), int(z)) for z in np.flatnonzero(flags)), len(flags))


def _renumbered(array: ImageArray, pairs: Sequence[tuple[int, int]], name: str) -> ImageArray:
    if not pairs:
        return array
    meant = np.zeros(array.shape, dtype=np.uint8)
    left = array != 0
    for stored, value in pairs:
        marked = array == stored
        meant[marked] = value
        left &= ~marked
    if left.any():
        msg = f"{name}: found the value {array[left][0]:g}; wanted only 0 and {[stored for stored, _ in pairs]}."
        raise GeometryError(msg)
    return meant
