"""From a file's axis order to the canonical frame and back, without touching a voxel value."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_medal.core.grid import Grid, closest_world_axes
from napari_medal.errors import GeometryError


@dataclass(frozen=True)
class Reorientation:
    """A permutation and flips that bring a source grid into the canonical frame.

    Canonical arrays are (z, y, x): axis 0 grows to the head, axis 1 to the back, axis 2 to the left (LPS), as
    nearly as 90-degree turns allow. napari slices such arrays correctly; it ignores rotations and permutations
    in a layer's affine.

    Args:
        source: The grid of the file's array.
        permutation: Source axis that becomes canonical axis 0, 1 and 2.
        flipped: Whether that axis is reversed on the way, per canonical axis.
    """

    source: Grid
    permutation: tuple[int, int, int]
    flipped: tuple[bool, bool, bool]

    @classmethod
    def of(cls, source: Grid) -> "Reorientation":
        """Find the turns for a source grid."""
        worlds = closest_world_axes(source.affine)
        z, y, x = (worlds.index(world) for world in (2, 1, 0))
        signs = [bool(source.direction[world, axis] < 0) for world, axis in ((2, z), (1, y), (0, x))]
        return cls(source, (z, y, x), (signs[0], signs[1], signs[2]))

    @property
    def canonical(self) -> Grid:
        """The grid of the canonical array."""
        columns = np.eye(4)
        for axis, (old, flip) in enumerate(zip(self.permutation, self.flipped, strict=True)):
            columns[:3, axis] = 0.0
            columns[old, axis] = -1.0 if flip else 1.0
            if flip:
                columns[old, 3] = self.source.shape[old] - 1
        a, b, c = (self.source.shape[old] for old in self.permutation)
        return Grid((a, b, c), self.source.affine @ columns)

    def to_canonical(self, array: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Turn a source array into the canonical frame; a view, not a copy.

        Raises:
            GeometryError: The array does not have the source grid's shape.
        """
        _require_shape(array, self.source.shape)
        return self._flip(array.transpose(self.permutation))

    def to_source(self, array: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Turn a canonical array back into the source's axis order; a view, not a copy.

        Raises:
            GeometryError: The array does not have the canonical grid's shape.
        """
        _require_shape(array, self.canonical.shape)
        return self._flip(array).transpose(np.argsort(self.permutation))

    def _flip(self, array: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return array[tuple(slice(None, None, -1 if flip else None) for flip in self.flipped)]


def _require_shape(array: npt.NDArray[Any], shape: tuple[int, int, int]) -> None:
    if array.shape != shape:
        msg = f"Found an array of shape {array.shape}; its grid has shape {shape}."
        raise GeometryError(msg)
