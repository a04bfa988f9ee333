"""Which lesions were found, by their size."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BOUNDS_MM = (10.0, 20.0)
"""Diameters that part the size classes; 10 mm is the smallest lesion that RECIST 1.1 calls measurable on CT."""


@dataclass(frozen=True)
class LesionCount:
    """The lesions of one size class.

    Args:
        from_mm: Smallest diameter of the class; a lesion's is that of the ball of its volume.
        below_mm: Upper bound of the class; infinite for the last.
        found: True lesions that the prediction touches.
        missed: True lesions that it does not.
        false: Predicted lesions that touch no true one.
    """

    from_mm: float
    below_mm: float
    found: int
    missed: int
    false: int

    @property
    def size(self) -> str:
        """The class in words, with volumes."""
        if math.isinf(self.below_mm):
            return f"{self.from_mm:g} mm ({_ball_ml(self.from_mm):.2g} mL) and more"
        if self.from_mm == 0:
            return f"under {self.below_mm:g} mm ({_ball_ml(self.below_mm):.2g} mL)"
        volumes = f"{_ball_ml(self.from_mm):.2g} to {_ball_ml(self.below_mm):.2g} mL"
        return f"{self.from_mm:g} to {self.below_mm:g} mm ({volumes})"


def lesion_detection(
    prediction: npt.NDArray[np.bool_],
    truth: npt.NDArray[np.bool_],
    voxel_volume_mm3: float,
    bounds_mm: Sequence[float] = BOUNDS_MM,
) -> tuple[LesionCount, ...]:
    """Count true lesions found and missed, and false ones, in each size class, the smallest first.

    A lesion is a connected component; voxels are neighbours across faces, edges and corners (`scipy.ndimage.label`).
    One voxel in common is enough to be found: the count says whether a reader would be led there, overlap and
    distances say how well it is drawn. Small lesions count as much as large ones, unlike in an overlap over all voxels
    (Maier-Hein et al. 2024, Nat Methods 21:195-212).
    """
    from scipy.ndimage import label

    neighbours = np.ones((3,) * truth.ndim)
    (true_parts, true_count), (parts, count) = (label(mask, structure=neighbours) for mask in (truth, prediction))
    found, true_class = _classes(true_parts, true_count, prediction, voxel_volume_mm3, bounds_mm)
    right, part_class = _classes(parts, count, truth, voxel_volume_mm3, bounds_mm)
    edges = (0.0, *bounds_mm, math.inf)
    return tuple(
        LesionCount(
            edges[place],
            edges[place + 1],
            found=int(np.count_nonzero(found & (true_class == place))),
            missed=int(np.count_nonzero(~found & (true_class == place))),
            false=int(np.count_nonzero(~right & (part_class == place))),
        )
        for place in range(len(edges) - 1)
    )


def _classes(
    parts: npt.NDArray[np.integer], count: int, other: npt.NDArray[np.bool_], voxel_mm3: float, bounds: Sequence[float]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.intp]]:
    """Return for each component whether it touches the other mask, and its size class."""
    touched = np.bincount(parts[other], minlength=count + 1)[1:] > 0
    mm3 = np.bincount(parts.ravel(), minlength=count + 1)[1:] * voxel_mm3
    diameters = np.cbrt(6.0 * mm3 / math.pi)
    return touched, np.asarray(np.digitize(diameters, bounds), dtype=np.intp)


def _ball_ml(diameter_mm: float) -> float:
    return math.pi / 6.0 * diameter_mm**3 / 1000.0
