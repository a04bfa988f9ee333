"""The longest line within a slice."""

import numpy as np
import numpy.typing as npt


def longest_diameter(
    lesion: npt.NDArray[np.bool_], spacing_mm: tuple[float, float, float]
) -> npt.NDArray[np.float64] | None:
    """Return both ends (2, 3) of the longest line from voxel to voxel of one slice, in mm; None for an empty mask.

    A line's end is the first or the last voxel of a row, so that only those are compared.
    """
    longest, found = -1.0, None
    for z in np.flatnonzero(lesion.any(axis=(1, 2))):
        rows = np.flatnonzero(lesion[z].any(axis=1))
        ends = [(z, y, x) for y in rows for x in np.flatnonzero(lesion[z, y])[[0, -1]]]
        places = np.array(ends) * spacing_mm
        lengths = np.linalg.norm(places[:, None] - places[None], axis=2)
        if lengths.max() > longest:
            longest = lengths.max()
            found = places[list(np.unravel_index(lengths.argmax(), lengths.shape))]
    return found
