"""One change of a mask that can be taken back."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_medal.errors import GeometryError
from napari_medal.types import ImageArray, LabelArray

Box = tuple[slice, slice, slice]
"""A part of a volume: (z, y, x) slices with a start and a stop, no step."""

Places = npt.NDArray[np.int64]
"""Voxels by their place in a flattened volume, in C order."""


@dataclass(frozen=True, eq=False)
class Stroke:
    """What a brush, a tool or a correction changed: nothing outside these voxels, and each of them once.

    Args:
        voxels: (N,) places in the flattened mask, ascending, none twice.
        before: (N,) label values that were there.
        after: (N,) label values that are there now; every one differs from `before`.
        title: What did it, for people: "Smooth".

    Raises:
        GeometryError: The three arrays differ in length.
    """

    voxels: Places
    before: LabelArray
    after: LabelArray
    title: str = "Brush"

    def __post_init__(self) -> None:
        if not self.voxels.shape == self.before.shape == self.after.shape or self.voxels.ndim != 1:
            shapes = f"{self.voxels.shape}, {self.before.shape} and {self.after.shape}"
            msg = f"A stroke needs one value before and after for each voxel; found {shapes}."
            raise GeometryError(msg)

    def __len__(self) -> int:
        return int(self.voxels.size)

    @classmethod
    def between(
        cls, before: LabelArray, after: LabelArray, box: Box, shape: tuple[int, int, int], title: str
    ) -> "Stroke":
        """Return the change from one content of a box to another.

        Args:
            before: (Z, Y, X) of the box.
            after: Likewise.
            box: Where it lies in the volume.
            shape: Of the volume.
            title: What did it.

        Raises:
            GeometryError: The two differ in shape.
        """
        if before.shape != after.shape:
            msg = f"A stroke needs two contents of one shape; found {before.shape} and {after.shape}."
            raise GeometryError(msg)
        changed = np.nonzero(before != after)
        corner = (part.start for part in box)
        index = tuple(axis + start for axis, start in zip(changed, corner, strict=True))
        voxels = np.ravel_multi_index(index, shape).astype(np.int64)
        return cls(voxels, before[changed].astype(np.uint8), after[changed].astype(np.uint8), title)

    def only(self, keep: npt.NDArray[np.bool_]) -> "Stroke":
        """Return the part of the stroke that (N,) `keep` marks."""
        return Stroke(self.voxels[keep], self.before[keep], self.after[keep], self.title)

    def apply(self, mask: LabelArray) -> None:
        """Draw on a (Z, Y, X) mask, in place."""
        np.put(mask, self.voxels, self.after)

    def revert(self, mask: LabelArray) -> None:
        """Take the stroke back from a (Z, Y, X) mask, in place."""
        np.put(mask, self.voxels, self.before)

    def values_of(self, array: ImageArray) -> ImageArray:
        """Return what a (Z, Y, X) array holds at the stroke's voxels, (N,)."""
        return np.take(array, self.voxels)
