"""Where voxels lie in the patient."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from napari_medal.errors import GeometryError
from napari_medal.types import Affine

_LETTERS = (("R", "L"), ("A", "P"), ("I", "S"))
"""For each world axis of LPS: the letter for "grows towards minus" and for "grows towards plus"."""


@dataclass(frozen=True, eq=False)
class Grid:
    """A regular voxel grid in world space.

    World coordinates are millimetres in LPS (x grows to the patient's left, y to the back, z to the head),
    the frame of DICOM and ITK. NIfTI files speak RAS; `io` turns the signs, which is exact.

    Args:
        shape: Number of voxels along each array axis.
        affine: (4, 4) matrix from array index, in array axis order, to LPS millimetres.

    Raises:
        GeometryError: The shape is not three positive integers, or the affine is not an invertible matrix.
    """

    shape: tuple[int, int, int]
    affine: Affine

    def __post_init__(self) -> None:
        if len(tuple(self.shape)) != 3 or min(self.shape) < 1:
            msg = f"A grid needs three axes of at least one voxel; found shape {self.shape}."
            raise GeometryError(msg)
        if self.affine.shape != (4, 4) or not np.isfinite(self.affine).all():
            msg = f"A grid needs a finite (4, 4) affine; found {self.affine.tolist()}."
            raise GeometryError(msg)
        if abs(np.linalg.det(self.affine[:3, :3])) < 1e-12:
            msg = f"The affine is singular (an axis has no length): {self.affine.tolist()}."
            raise GeometryError(msg)
        self.affine.setflags(write=False)

    @cached_property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distance between neighbouring voxels along each array axis."""
        a, b, c = (float(length) for length in np.linalg.norm(self.affine[:3, :3], axis=0))
        return a, b, c

    @cached_property
    def origin_mm(self) -> tuple[float, float, float]:
        """World position (x, y, z) of the centre of voxel (0, 0, 0)."""
        x, y, z = (float(value) for value in self.affine[:3, 3])
        return x, y, z

    @cached_property
    def direction(self) -> Affine:
        """(3, 3) matrix whose column k is the unit vector of array axis k in world space."""
        return np.asarray(self.affine[:3, :3] / np.asarray(self.spacing_mm), dtype=np.float64)

    @cached_property
    def orientation(self) -> str:
        """Three letters: towards which side of the patient each array axis grows most, such as "SPL"."""
        return "".join(
            _LETTERS[world][int(self.direction[world, axis] > 0)]
            for axis, world in enumerate(closest_world_axes(self.affine))
        )

    @cached_property
    def obliquity_degrees(self) -> float:
        """Largest angle between an array axis and the world axis it follows."""
        cosines = [abs(self.direction[world, axis]) for axis, world in enumerate(closest_world_axes(self.affine))]
        return float(np.degrees(np.arccos(np.clip(min(cosines), 0.0, 1.0))))

    @property
    def voxel_volume_mm3(self) -> float:
        """Volume of one voxel."""
        return float(abs(np.linalg.det(self.affine[:3, :3])))

    @property
    def is_planar(self) -> bool:
        """Whether the grid is a single slice: a 2D image."""
        return min(self.shape) == 1

    def to_world(self, index: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> Affine:
        """Map array indices (..., 3) to world positions (..., 3) in LPS millimetres."""
        return np.asarray(index @ self.affine[:3, :3].T + self.affine[:3, 3], dtype=np.float64)

    def to_index(self, world: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> Affine:
        """Map world positions (..., 3) in LPS millimetres to array indices (..., 3), which need not be whole."""
        inverse = np.linalg.inv(self.affine)
        return np.asarray(world @ inverse[:3, :3].T + inverse[:3, 3], dtype=np.float64)

    def farthest_corner_mm(self, other: "Grid") -> float:
        """Return how far apart a corner lies in two grids of the same shape: no voxel lies farther apart."""
        corners = np.array(np.meshgrid(*[(0, n - 1) for n in self.shape])).reshape(3, 8).T.astype(np.float64)
        return float(np.linalg.norm(self.to_world(corners) - other.to_world(corners), axis=1).max())

    def matches(self, other: "Grid", tolerance_mm: float = 1e-3) -> bool:
        """Tell whether both grids have the same shape and put every voxel in the same place.

        Affines are linear, so comparing the eight corners compares all voxels.
        """
        return self.shape == other.shape and self.farthest_corner_mm(other) <= tolerance_mm

    def shared_with(self, other: "Grid") -> float:
        """Return the share of the smaller of two grids' space that both cover, 0 to 1, by at most 32,768 points."""
        steps = [np.linspace(-0.5, n - 0.5, 2 * min(n, 32) + 1)[1::2] for n in self.shape]
        points = self.to_world(np.stack(np.meshgrid(*steps, indexing="ij"), axis=-1).reshape(-1, 3))
        index = other.to_index(points)
        inside = ((index >= -0.5) & (index <= np.asarray(other.shape) - 0.5)).all(axis=1).mean()
        own, its = (float(np.prod(grid.shape)) * grid.voxel_volume_mm3 for grid in (self, other))
        return min(1.0, float(inside) * own / min(own, its))

    def __str__(self) -> str:
        shape = "x".join(str(n) for n in self.shape)
        spacing = "x".join(f"{mm:.4g}" for mm in self.spacing_mm)
        origin = ", ".join(f"{mm:.4g}" for mm in self.origin_mm)
        return f"{shape} voxels of {spacing} mm, {self.orientation}, origin ({origin}) mm"


def closest_world_axes(affine: Affine) -> tuple[int, int, int]:
    """Assign to each array axis its own world axis (0 x, 1 y, 2 z), the best of the six assignments.

    Taking the largest component of each column could give one world axis twice in a strongly oblique grid.
    """
    columns = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    assignments = ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))
    return max(assignments, key=lambda axes: sum(abs(columns[world, axis]) for axis, world in enumerate(axes)))
