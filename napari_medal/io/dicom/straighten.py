"""Sheared and uneven stacks on a straight, even grid."""

from typing import Any

import numpy as np
import numpy.typing as npt

from napari_medal.io.dicom.stack import SliceStack
from napari_medal.types import Affine

_Array = npt.NDArray[Any]


def straighten(array: _Array, stack: SliceStack) -> tuple[_Array, Affine]:
    """Resample (slice, row, column) values by linear interpolation: first sideways within slices, then along them.

    Slices keep their planes; the picture grows until everything lies within, and what is empty gets the lowest value.
    Whole numbers stay whole numbers. Returns the values and the affine of their grid.
    """
    affine = stack.affine.copy()
    if stack.is_sheared:
        array, first = _shifted(array, stack.sideways_px)
        affine[:3, 3] += affine[:3, 1:3] @ first
    length = float(stack.along_mm[-1] - stack.along_mm[0])
    count = len(array)
    if stack.is_uneven:
        count = round(length / float(np.median(np.diff(stack.along_mm)))) + 1
        array = _evened(array, stack.along_mm, count)
    affine[:3, 0] = stack.normal * (length / (count - 1))
    if not stack.is_sheared:  # a drift of less than half a pixel stays where it was
        affine[:3, 0] += affine[:3, 1:3] @ (stack.sideways_px[-1] / (count - 1))
    return array, affine


def _shifted(array: _Array, sideways_px: npt.NDArray[np.float64]) -> tuple[_Array, npt.NDArray[np.float64]]:
    """Move each slice to where it lies beside the first; returns the first row and column of the new picture too."""
    from scipy import ndimage

    first = np.floor(sideways_px.min(axis=0) + 1e-6)
    last = np.ceil(sideways_px.max(axis=0) - 1e-6)
    shape = tuple(int(size) for size in array.shape[1:] + last - first)
    low = array.min()
    moved = np.empty((len(array), *shape), dtype=array.dtype)
    for index, (picture, shift) in enumerate(zip(array, sideways_px, strict=True)):
        values = ndimage.affine_transform(
            picture.astype(np.float64), np.ones(2), first - shift, shape, order=1, cval=float(low), prefilter=False
        )
        moved[index] = _as(values, array.dtype)
    return moved, first


def _evened(array: _Array, along_mm: npt.NDArray[np.float64], count: int) -> _Array:
    """Interpolate between neighbouring slices."""
    wanted = np.linspace(along_mm[0], along_mm[-1], count)
    below = np.clip(np.searchsorted(along_mm, wanted, side="right") - 1, 0, len(array) - 2)
    weights = (wanted - along_mm[below]) / (along_mm[below + 1] - along_mm[below])
    even = np.empty((count, *array.shape[1:]), dtype=array.dtype)
    for index, (lower, weight) in enumerate(zip(below, weights, strict=True)):
        values = array[lower] * (1 - weight) + array[lower + 1] * weight
        even[index] = _as(values, array.dtype)
    return even


def _as(values: _Array, dtype: np.dtype[Any]) -> _Array:
    return (np.rint(values) if dtype.kind in "iu" else values).astype(dtype)
