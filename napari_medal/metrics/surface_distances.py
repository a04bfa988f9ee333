"""How far apart the surfaces of two masks lie, in millimetres."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Distances = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SurfaceDistances:
    """Distances between the surface voxels of two masks.

    Where both masks are empty every figure is nan: there is nothing to judge. Where one of them is, distances are
    infinite and the surface Dice is 0: a structure was missed, or seen where there is none.

    Args:
        to_second: (N,) mm from each surface voxel of the first mask to the nearest one of the second.
        to_first: (M,) mm the other way round.
    """

    to_second: Distances
    to_first: Distances

    @property
    def hausdorff_mm(self) -> float:
        """The largest distance either way (Hausdorff 1914)."""
        return self.percentile_mm(100.0)

    def percentile_mm(self, percentile: float) -> float:
        """Return the larger of both directions' percentiles; 95 gives the "HD95" of MONAI."""
        if not self._both:
            return self._without
        ways = (self.to_second, self.to_first)
        return float(max(np.percentile(way, percentile) for way in ways))

    @property
    def mean_mm(self) -> float:
        """The average symmetric surface distance: the mean over the voxels of both surfaces.

        Source: Heimann et al. 2009, IEEE Trans Med Imaging 28(8):1251-1265.
        """
        if not self._both:
            return self._without
        return float(np.concatenate([self.to_second, self.to_first]).mean())

    def within(self, tolerance_mm: float) -> float:
        """Return the share of both surfaces that lies within a tolerance of the other: the normalised surface Dice.

        Source: Nikolov et al. 2021, J Med Internet Res 23(7):e26151. They weigh surface elements by their area; here,
        as in MONAI, each surface voxel counts once.
        """
        if not self._both:
            return 0.0 if self.to_second.size or self.to_first.size else float("nan")
        close = np.count_nonzero(self.to_second <= tolerance_mm) + np.count_nonzero(self.to_first <= tolerance_mm)
        return close / (self.to_second.size + self.to_first.size)

    @property
    def _both(self) -> bool:
        return self.to_second.size > 0 and self.to_first.size > 0

    @property
    def _without(self) -> float:
        return float("inf") if self.to_second.size or self.to_first.size else float("nan")


def surface_distances(first: Mask, second: Mask, spacing_mm: tuple[float, ...]) -> SurfaceDistances:
    """Measure from surface to surface.

    A surface voxel is one of the mask with a neighbour across a face that is not, the outside of the image included.
    An axis with a single voxel, such as that of a 2D image, has no faces: else every voxel of it were surface.
    Distances are those of scipy's exact Euclidean distance transform, which knows unequal spacings; it sees only
    the box around both masks.

    Args:
        first: Boolean mask.
        second: Boolean mask of the same shape.
        spacing_mm: Distance between neighbouring voxels along each axis.
    """
    from scipy.ndimage import distance_transform_edt

    axes = tuple(axis for axis, n in enumerate(first.shape) if n == 1 and first.ndim > 1)
    spacing = [mm for axis, mm in enumerate(spacing_mm) if axis not in axes]
    box = _box(np.squeeze(first, axes) | np.squeeze(second, axes))
    ours, theirs = (_surface(np.squeeze(mask, axes)[box]) for mask in (first, second))
    ways = []
    for start, goal in ((ours, theirs), (theirs, ours)):
        if goal.any():
            ways.append(np.asarray(distance_transform_edt(~goal, sampling=spacing)[start], dtype=np.float64))
        else:
            ways.append(np.full(np.count_nonzero(start), np.inf))
    return SurfaceDistances(ways[0], ways[1])


def _surface(mask: Mask) -> Mask:
    from scipy.ndimage import binary_erosion

    return np.asarray(mask & ~binary_erosion(mask), dtype=np.bool_)


def _box(mask: Mask) -> tuple[slice, ...]:
    """Return the smallest box around a mask; an empty one for an empty mask."""
    box = []
    for axis in range(mask.ndim):
        others = tuple(other for other in range(mask.ndim) if other != axis)
        found = np.flatnonzero(mask.any(axis=others))
        box.append(slice(int(found[0]), int(found[-1]) + 1) if found.size else slice(0, 0))
    return tuple(box)
