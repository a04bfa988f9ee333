"""Save a layer with its geometry."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from napari_medal.core.grid import Grid


def write_image(path: str, array: Any, attributes: Mapping[str, Any]) -> list[str]:
    """Write an image layer as NIfTI, NRRD or MetaImage; returns the path.

    Raises:
        FormatError: The layer is no single volume, or the file cannot be written.
    """
    _write(Path(path), array, attributes)
    return [path]


def write_labels(path: str, array: Any, attributes: Mapping[str, Any]) -> list[str]:
    """Write a labels layer likewise, in the smallest whole numbers that hold its values; returns the path.

    Raises:
        FormatError: The layer is no single volume, or the file cannot be written.
    """
    import numpy as np

    values = np.asarray(array)
    kind = np.result_type(np.min_scalar_type(values.min(initial=0)), np.min_scalar_type(values.max(initial=0)))
    _write(Path(path), values.astype(kind), attributes)
    return [path]


def _write(path: Path, array: Any, attributes: Mapping[str, Any]) -> None:
    from napari_medal.contributions.layer import volume_of
    from napari_medal.io.itk_writing import ENDINGS, write_itk
    from napari_medal.io.write_volume import write_volume

    volume = volume_of(array, attributes, _grids_in_view())
    (write_itk if path.name.lower().endswith(ENDINGS) else write_volume)(path, volume)


def _grids_in_view() -> "tuple[Grid, ...]":
    """Return the grids of what is open in the viewer at hand, where all are the same; else nobody knows which is meant.

    A layer that was drawn in napari carries none of its own.
    """
    import napari

    from napari_medal.core.grid import Grid
    from napari_medal.gui.layer_grid import LAYER_GRID

    viewer = napari.current_viewer()
    found = [] if viewer is None else [layer.metadata.get(LAYER_GRID) for layer in viewer.layers]
    grids = [grid for grid in found if isinstance(grid, Grid)]
    return (grids[0],) if grids and all(grids[0].matches(grid) for grid in grids) else ()
