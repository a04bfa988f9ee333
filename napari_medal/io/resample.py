"""A volume on another grid."""

from typing import Any

import numpy as np

from napari_medal.core.grid import Grid
from napari_medal.core.volume import Volume


def resample(volume: Volume, grid: Grid, nearest: bool = False) -> Volume:
    """Interpolate a volume onto another grid by world positions; its type of number stays.

    Linear interpolation, rounded where numbers are whole, and the lowest value outside; or, for labels, the `nearest`
    voxel, and 0 outside. ITK's resampling filter.
    """
    sitk: Any = _simple_itk()
    kind = volume.array.dtype
    outside = 0.0 if nearest else float(volume.array.min())
    interpolator = sitk.sitkNearestNeighbor if nearest else sitk.sitkLinear
    source = _image(volume.array if nearest else volume.array.astype(_float_for(kind)), volume.grid)
    reference = sitk.Image([int(n) for n in grid.shape[::-1]], sitk.sitkUInt8)
    _place(reference, grid)
    found = sitk.GetArrayFromImage(sitk.Resample(source, reference, sitk.Transform(), interpolator, outside))
    if not nearest and kind.kind in "iu":
        limits = np.iinfo(kind)
        found = np.clip(np.rint(found), limits.min, limits.max)
    return Volume(np.ascontiguousarray(found, dtype=kind), grid)


def _float_for(kind: np.dtype[Any]) -> type[np.floating[Any]]:
    return np.float32 if kind.itemsize <= 2 or kind == np.float32 else np.float64


def _image(array: np.ndarray[Any, Any], grid: Grid) -> Any:
    kind = np.float32 if array.dtype == np.float16 else np.uint8 if array.dtype == np.bool_ else array.dtype
    image = _simple_itk().GetImageFromArray(array.astype(kind, copy=False))
    _place(image, grid)
    return image


def _place(image: Any, grid: Grid) -> None:
    """Give an ITK image, whose axes are (x, y, z), the geometry of a (z, y, x) grid."""
    image.SetOrigin(grid.origin_mm)
    image.SetSpacing(grid.spacing_mm[::-1])
    image.SetDirection(grid.direction[:, ::-1].ravel().tolist())


def _simple_itk() -> Any:  # neither the module nor its images carry types
    """Return SimpleITK, which takes long to import."""
    import SimpleITK

    return SimpleITK
