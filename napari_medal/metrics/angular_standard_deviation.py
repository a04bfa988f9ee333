"""How far the edge of a structure is from a circle."""

import numpy as np
import numpy.typing as npt

from napari_medal.metrics.outline import outline
from napari_medal.metrics.slice_choice import SliceChoice


def angular_standard_deviation(
    mask: npt.NDArray[np.bool_],
    spacing_mm: tuple[float, float, float],
    choice: SliceChoice = SliceChoice.LARGEST,
    bins: int = 10,
    ddof: int = 0,
) -> float:
    """Return the mean over equal angles of the spread of the edge's distance from the centroid; a circle has 0.

    In a slice: r_i, the distances from the centroid to the pixels of the edge (`outline`), over their mean; ASD = mean
    over `bins` equal angles around the centroid of the standard deviation of those r_i that lie in it. Source: Buda,
    Saha, Mazurowski 2019 (Comput Biol Med 109:218-225). The paper leaves open which slice, empty angles and `ddof`;
    here an angle with no more than `ddof` pixels is left out. Angles start at the x axis: mirrors and half turns leave
    the figure, but a quarter turn moves the borders of ten angles and changes it, on smooth shapes by a tenth (median).

    Args:
        mask: (Z, Y, X).
        spacing_mm: Along each axis; distances are in millimetres within the slice.
        choice: Which slices count.
        bins: Number of angles.
        ddof: The standard deviation's divisor is the number of pixels less this.

    Returns:
        nan for an empty mask, and for one whose slice is a single pixel or has no angle with enough of them.
    """
    return choice.over(mask, lambda pixels: _of_slice(pixels, spacing_mm[1:], bins, ddof))


def _of_slice(slice_mask: npt.NDArray[np.bool_], spacing_mm: tuple[float, float], bins: int, ddof: int) -> float:
    offsets = np.unique(outline(slice_mask).offsets, axis=0) * spacing_mm
    radii = np.hypot(*offsets.T)
    if radii.mean() == 0.0:
        return float("nan")
    angles = np.arctan2(*offsets.T) / (2 * np.pi)
    places = np.floor(angles * bins).astype(np.int64) % bins
    relative = radii / radii.mean()
    held = [relative[places == place] for place in range(bins)]
    spreads = [part.std(ddof=ddof) for part in held if part.size > ddof]
    return float(np.mean(spreads)) if spreads else float("nan")
