"""A window that an image finds in its own histogram."""

import numpy as np

from napari_medal.core.particulars import HistogramWindow
from napari_medal.types import FloatArray

_LOOKED_AT = 2_000_000
"""Voxels that the histogram is made of, at most about."""


def cut_off(values: FloatArray, window: HistogramWindow) -> FloatArray:
    """Clip intensities to the window and scale it to 0 to 1, in place; an even image becomes 0.

    The lower end is a low percentile of the voxels above the lowest value; the upper end lies `reach` times as far from
    it as the tissue's peak, the most frequent bin. The source (Buda et al. 2019, Comput Biol Med 109:218, by the
    authors' code: github.com/MaciejMazurowski/brain-segmentation) looks for the peak after skull stripping. With skull
    and air still there the most frequent bin is the air's noise, so the peak is looked for above Otsu's threshold.

    Args:
        values: (Z, Y, X) intensities.
        window: Its parameters.
    """
    low, high = ends(values, window)
    if high <= low:
        values[:] = 0.0
        return values
    np.clip(values, low, high, out=values)
    values -= np.float32(low)
    values /= np.float32(high - low)
    return values


def ends(values: FloatArray, window: HistogramWindow) -> tuple[float, float]:
    """Return the lower and the upper end of the window; both alike for an even image."""
    from skimage.filters import threshold_otsu

    looked_at = values.reshape(-1)[:: max(1, values.size // _LOOKED_AT)]
    above = looked_at[looked_at > looked_at.min()]
    if not above.size:
        return float(values.min()), float(values.min())
    low = float(np.percentile(above, window.low_percentile))
    tissue = above[above > threshold_otsu(looked_at)]  # type: ignore[no-untyped-call]
    counts, edges = np.histogram(tissue, window.bins, (float(looked_at.min()), float(looked_at.max())))
    peak = float(edges[int(counts.argmax())])
    return low, low + window.reach * (peak - low)
