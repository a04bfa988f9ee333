"""A volume as napari takes it, and as napari gives it back."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from napari_medal.gui.layer_grid import LAYER_GRID

if TYPE_CHECKING:
    from napari_medal.core.grid import Grid
    from napari_medal.core.volume import Volume
    from napari_medal.types import Affine

LayerData: TypeAlias = "tuple[Any, dict[str, Any], str]"
"""napari's own shape of a layer: (array, keyword arguments, layer type)."""


def layer_of(volume: "Volume", name: str, kind: str = "image") -> LayerData:
    """Describe a volume as a layer; axes are (z, y, x) in LPS, scaled to millimetres."""
    return volume.array, {"name": name, "scale": volume.grid.spacing_mm, "metadata": {LAYER_GRID: volume.grid}}, kind


def volume_of(array: Any, attributes: Mapping[str, Any], grids: "tuple[Grid, ...]" = ()) -> "Volume":
    """Turn a layer back into a volume, on the grid that it was read with.

    A layer that was moved or made in napari lies where napari says, its axes taken for (z, y, x) in LPS; but one that
    lies exactly over another that was read, as labels over their image do, is taken to be on the grid of that one.

    Args:
        array: (Z, Y, X), or (Y, X) for a picture.
        attributes: napari's own.
        grids: Of the other layers.

    Raises:
        FormatError: The layer has another number of axes, colours, several resolutions, or no real numbers.
    """
    import numpy as np

    from napari_medal.core.grid import Grid
    from napari_medal.core.volume import Volume
    from napari_medal.errors import FormatError

    name = attributes.get("name", "layer")
    if attributes.get("rgb") or isinstance(array, (list, tuple)) or getattr(array, "ndim", 0) not in (2, 3):
        shape = tuple(getattr(array, "shape", ()))
        msg = f"The layer '{name}': found shape {shape} or colours; wanted one volume (z, y, x) or picture (y, x)."
        raise FormatError(msg)
    values = np.asarray(array)
    if values.dtype.kind not in "biuf":
        msg = f"The layer '{name}': found values of type {values.dtype}; wanted real numbers."
        raise FormatError(msg)
    volume = values[None] if values.ndim == 2 else values
    affine = _affine(attributes, values.ndim)
    own = attributes.get("metadata", {}).get(LAYER_GRID)
    for grid in (own, *grids):
        if isinstance(grid, Grid) and grid.shape == volume.shape and _is_shown_as(affine, grid):
            return Volume(volume, grid)
    columns = affine[[2, 1, 0, 3]]  # world positions in napari are (z, y, x)
    return Volume(volume, Grid((volume.shape[0], volume.shape[1], volume.shape[2]), columns))


def _affine(attributes: Mapping[str, Any], axes: int) -> "Affine":
    """Return the (4, 4) matrix from (z, y, x) index to napari's world (z, y, x), all of a layer's transforms in one."""
    import numpy as np
    from napari.utils.transforms import Affine as LayerAffine

    own = LayerAffine(
        scale=attributes.get("scale", (1.0,) * axes),
        translate=attributes.get("translate", (0.0,) * axes),
        rotate=attributes.get("rotate"),
        shear=attributes.get("shear"),
        ndim=axes,
    )
    further = attributes.get("affine")
    matrix = own.affine_matrix if further is None else np.asarray(further) @ own.affine_matrix
    whole = np.eye(4)
    whole[4 - len(matrix) :, 4 - len(matrix) :] = matrix
    return whole


def _is_shown_as(affine: "Affine", grid: "Grid") -> bool:
    """Tell whether a layer lies where `layer_of` puts a volume of this grid."""
    import numpy as np

    return bool(np.allclose(affine, np.diag([*grid.spacing_mm, 1.0]), rtol=1e-5, atol=1e-6))
