"""A mask as an unsteady hand draws it."""

import numpy as np

from napari_medal.types import LabelArray

_SMOOTH_VOXELS = 2.0
_MARGIN = 4
"""Voxels around a structure in which its boundary may come to lie."""


def unsteady(mask: LabelArray, random: np.random.Generator, deviation_voxels: float) -> LabelArray:
    """Move every boundary of a mask (Z, Y, X) by a smooth random field.

    Each label's signed distance to its boundary, in voxels, gets a Gaussian random field of this standard deviation,
    smooth over about two voxels; a voxel gets the label that it then lies deepest in, or none.
    """
    from scipy import ndimage

    moved = np.zeros_like(mask)
    found = np.nonzero(mask)
    if not found[0].size:
        return moved
    box = tuple(slice(max(0, int(axis.min()) - _MARGIN), int(axis.max()) + _MARGIN + 1) for axis in found)
    inside = mask[box]
    depths = []
    values = [int(value) for value in np.unique(inside) if value]
    for value in values:
        region = inside == value
        depth = ndimage.distance_transform_edt(region) - ndimage.distance_transform_edt(~region)
        noise = ndimage.gaussian_filter(random.standard_normal(inside.shape), _SMOOTH_VOXELS)
        depths.append(depth - 0.5 * np.sign(depth) + noise * (deviation_voxels / noise.std()))
    deepest = np.argmax(depths, axis=0)
    is_any = np.max(depths, axis=0) > 0
    moved[box] = np.where(is_any, np.array(values, dtype=np.uint8)[deepest], 0)
    return moved
