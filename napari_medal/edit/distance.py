"""How far voxels lie from a shape."""

import numpy as np
import numpy.typing as npt

from napari_medal.types import FloatArray

TOLERANCE_MM = 1e-3
"""Distances are computed in single precision; one that is wanted "at most" may be longer by this."""


def distance_mm(shape: npt.NDArray[np.bool_], spacing_mm: tuple[float, float, float]) -> FloatArray:
    """Return for each voxel the distance from its centre to the nearest centre in the shape; 0 within it.

    The exact Euclidean distance of Maurer et al. (2003), IEEE TPAMI 25(2):265, as SimpleITK has it, which on a volume
    takes half the time of scipy's. Where the shape is empty it is infinite.

    Args:
        shape: (Z, Y, X).
        spacing_mm: Along each axis.
    """
    import SimpleITK

    if not shape.any():
        return np.full(shape.shape, np.inf, dtype=np.float32)
    image = SimpleITK.GetImageFromArray(shape.astype(np.uint8))
    image.SetSpacing(spacing_mm[::-1])  # type: ignore[no-untyped-call]
    signed = SimpleITK.SignedMaurerDistanceMap(  # type: ignore[no-untyped-call]
        image, squaredDistance=False, useImageSpacing=True
    )
    found = np.asarray(SimpleITK.GetArrayFromImage(signed), dtype=np.float32)
    return np.maximum(found, 0.0, out=found)
