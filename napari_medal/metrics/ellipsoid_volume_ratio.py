"""How much of the smallest ellipsoid around it a structure fills."""

import numpy as np
import numpy.typing as npt

from napari_medal.metrics.bounding_ellipsoid import bounding_ellipsoid


def ellipsoid_volume_ratio(
    mask: npt.NDArray[np.bool_], spacing_mm: tuple[float, float, float], tolerance: float = 1e-3
) -> float:
    """Return the volume of a mask (Z, Y, X) over that of its bounding ellipsoid: above 0, at most 1, low if irregular.

    Source: Buda, Saha, Mazurowski 2019 (Comput Biol Med 109:218-225), who call it the bounding ellipsoid volume ratio
    and leave open how the ellipsoid is found; here `bounding_ellipsoid` holds whole voxels, not their middles alone, so
    a ball stays below 1: it has 0.79 at a radius of 10 voxels, 0.92 at 30. nan for an empty mask.
    """
    around = bounding_ellipsoid(mask, spacing_mm, tolerance)
    if around is None:
        return float("nan")
    return float(np.count_nonzero(mask) * np.prod(spacing_mm) / around.volume_mm3)
