"""How much the edge of a structure wavers."""

import numpy as np
import numpy.typing as npt

from napari_medal.metrics.outline import outline
from napari_medal.metrics.slice_choice import SliceChoice


def margin_fluctuation(
    mask: npt.NDArray[np.bool_],
    spacing_mm: tuple[float, float, float],
    choice: SliceChoice = SliceChoice.LARGEST,
    share: float = 0.1,
    wraps: bool = True,
) -> float:
    """Return the standard deviation of what an averaging filter takes from the edge's distances; a smooth edge has 0.

    In a slice: r_i, the distances from the centroid to the pixels of the edge in the order along it (`outline`), over
    their mean; s_i, their running mean over `share` of the perimeter in pixels; MF = standard deviation of r_i - s_i.
    Source: Buda, Saha, Mazurowski 2019 (Comput Biol Med 109:218-225), with a share of 10 %. The paper leaves open which
    slice, whether the filter runs on from the last pixel to the first, and lengths that are no whole number; here the
    length is the nearest odd number, so that the mean is of as many pixels before as after.

    Args:
        mask: (Z, Y, X).
        spacing_mm: Along each axis; distances are in millimetres within the slice.
        choice: Which slices count.
        share: Length of the filter, as a share of the number of pixels along the edge.
        wraps: Whether it runs on; else the first and last distance are repeated.

    Returns:
        nan for an empty mask, and for one whose slice is a single pixel.
    """
    return choice.over(mask, lambda pixels: _of_slice(pixels, spacing_mm[1:], share, wraps))


def _of_slice(slice_mask: npt.NDArray[np.bool_], spacing_mm: tuple[float, float], share: float, wraps: bool) -> float:
    from scipy.ndimage import uniform_filter1d

    radii = outline(slice_mask).radii(spacing_mm)
    if radii.mean() == 0.0:
        return float("nan")
    relative = radii / radii.mean()
    length = 2 * max(round((share * len(relative) - 1) / 2), 0) + 1
    smooth = uniform_filter1d(relative, length, mode="wrap" if wraps else "nearest")
    return float((relative - smooth).std())
