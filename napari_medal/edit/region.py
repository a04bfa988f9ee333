"""The part of a volume that a tool looks at."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_medal.core.drawing import Drawing
from napari_medal.core.grid import Grid
from napari_medal.core.shares import Shares
from napari_medal.core.stroke import Box, Stroke
from napari_medal.types import LabelArray


@dataclass(frozen=True, eq=False)
class Region:
    """A box of voxels; a tool that works in one takes its time after the label and not after the volume.

    Args:
        box: Where it lies.
        grid: Of the volume.
        flat: The array axis along which it is one slice that never becomes more; None for a part in 3D.
    """

    box: Box
    grid: Grid
    flat: int | None = None

    @classmethod
    def whole(cls, grid: Grid) -> "Region":
        """Return the whole volume."""
        depth, height, width = grid.shape
        return cls((slice(0, depth), slice(0, height), slice(0, width)), grid)

    @classmethod
    def near(cls, index: tuple[int, int, int], radius_mm: float, grid: Grid) -> "Region":
        """Return the box around a voxel that holds everything within a distance."""
        z, y, x = (slice(place, place + 1) for place in index)
        return cls((z, y, x), grid).widened(radius_mm, 0)

    @classmethod
    def of_labels(cls, drawing: Drawing, values: Collection[int], within: "Region | None" = None) -> "Region | None":
        """Return the smallest region that holds every voxel with one of these labels; None where there is none."""
        within = within or cls.whole(drawing.grid)
        return within.of_true(within.of(drawing.mask), values)

    def of_true(self, planes: Iterable[npt.NDArray[Any]], values: Collection[int] = (True,)) -> "Region | None":
        """Return the smallest part of this region where its slices hold one of these values; None where they do not.

        Looking at one slice after the other is several times faster than at the whole array.

        Args:
            planes: (Y, X) of each slice of the region along the first axis; a (Z, Y, X) array will do.
            values: What is looked for.
        """
        wanted = list(values)
        seen = np.zeros([part.stop - part.start for part in self.box[1:]], dtype=np.bool_)
        slices = []
        for number, plane in enumerate(planes):
            found = plane == wanted[0]
            for value in wanted[1:]:
                found |= plane == value
            if found.any():
                slices.append(number)
                seen |= found
        if not slices:
            return None
        rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
        ends = ((slices[0], slices[-1]), (rows[0], rows[-1]), (columns[0], columns[-1]))
        z, y, x = (
            slice(part.start + int(first), part.start + int(last) + 1)
            for part, (first, last) in zip(self.box, ends, strict=True)
        )
        return Region((z, y, x), self.grid, self.flat)

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distance between neighbouring voxels along each array axis."""
        return self.grid.spacing_mm

    def widened(self, margin_mm: float, voxels: int = 1) -> "Region":
        """Return the region with a margin on every side, by mm and some voxels more, as far as the volume reaches."""
        z, y, x = (
            part if axis == self.flat else _widened(part, ceil(margin_mm / spacing) + voxels, size)
            for axis, (part, spacing, size) in enumerate(zip(self.box, self.spacing_mm, self.grid.shape, strict=True))
        )
        return Region((z, y, x), self.grid, self.flat)

    def at_slice(self, axis: int, number: int) -> "Region":
        """Return the part of the region in one slice."""
        z, y, x = (slice(number, number + 1) if other == axis else part for other, part in enumerate(self.box))
        return Region((z, y, x), self.grid, axis)

    def joined(self, other: "Region | None") -> "Region":
        """Return the smallest region that holds both."""
        if other is None:
            return self
        z, y, x = (slice(min(a.start, b.start), max(a.stop, b.stop)) for a, b in zip(self.box, other.box, strict=True))
        return Region((z, y, x), self.grid, self.flat)

    def of(self, array: npt.NDArray[Any] | Shares) -> npt.NDArray[Any]:
        """Return the region's part of an array whose last three axes are the volume's: a view, but for shares."""
        return array[(..., *self.box)]

    def place(self, index: tuple[int, int, int]) -> tuple[int, int, int]:
        """Return where a voxel of the volume lies in the region's part of an array."""
        z, y, x = (number - part.start for number, part in zip(index, self.box, strict=True))
        return z, y, x

    def holds(self, index: tuple[int, int, int]) -> bool:
        """Tell whether a voxel of the volume lies in the region."""
        return all(part.start <= number < part.stop for number, part in zip(index, self.box, strict=True))

    def stroke(self, drawing: Drawing, after: LabelArray, title: str) -> Stroke:
        """Return the change to another content of the region."""
        return Stroke.between(self.of(drawing.mask), after, self.box, drawing.grid.shape, title)


def _widened(part: slice, voxels: int, size: int) -> slice:
    return slice(max(0, part.start - voxels), min(size, part.stop + voxels))
