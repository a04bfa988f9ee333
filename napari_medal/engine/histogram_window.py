"""A window that an image finds in its own histogram.

It stands by itself, for exported models carry this file along.
"""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float32]

_LOOKED_AT = 2_000_000
"""Voxels that the histogram is made of, at most about."""


def cut_off(values: Values, low_percentile: float, bins: int, reach: float) -> Values:
    """Clip intensities to the window and scale it to 0 to 1, in place; an even image becomes 0.

    The lower end is a low percentile of the voxels above the lowest value; the upper end lies `reach` times as far from
    it as the tissue's peak, the most frequent bin. The source (Buda et al. 2019, Comput Biol Med 109:218, by the
    authors' code: github.com/MaciejMazurowski/brain-segmentation) looks for the peak after skull stripping. With skull
    and air still there the most frequent bin is the air's noise, so the peak is looked for above Otsu's threshold.

    Args:
        values: Intensities of a volume.
        low_percentile: The window's lower end.
        bins: Bins over the whole range.
        reach: Width of the window relative to the distance of the peak from its lower end.
    """
    low, high = ends(values, low_percentile, bins, reach)
    if high <= low:
        values[:] = 0.0
        return values
    np.clip(values, low, high, out=values)
    values -= np.float32(low)
    values /= np.float32(high - low)
    return values


def ends(values: Values, low_percentile: float, bins: int, reach: float) -> tuple[float, float]:
    """Return the lower and the upper end of the window; both alike for an even image."""
    from skimage.filters import threshold_otsu

    looked_at = values.reshape(-1)[:: max(1, values.size // _LOOKED_AT)]
    above = looked_at[looked_at > looked_at.min()]
    if not above.size:
        return float(values.min()), float(values.min())
    low = float(np.percentile(above, low_percentile))
    tissue = above[above > threshold_otsu(looked_at)]  # type: ignore[no-untyped-call]
    counts, edges = np.histogram(tissue, bins, (float(looked_at.min()), float(looked_at.max())))
    peak = float(edges[int(counts.argmax())])
    return low, low + reach * (peak - low)


class HistogramWindowd:
    """Cuts off each channel of an image in a MONAI pipeline.

    Args:
        keys: Where the image (C, X, Y, Z) lies.
        low_percentile: See `cut_off`.
        bins: See `cut_off`.
        reach: See `cut_off`.
    """

    def __init__(self, keys: str, low_percentile: float, bins: int, reach: float) -> None:
        self._key = keys
        self._parameters = (low_percentile, bins, reach)

    def __call__(self, data: Mapping[Hashable, Any]) -> dict[Hashable, Any]:
        """Return the same data with another image, which keeps its position."""
        image = data[self._key]
        # The program looks at slices from feet to head, and at every so many voxels of a large volume in that order.
        for channel in image:
            turned = np.ascontiguousarray(np.asarray(channel, dtype=np.float32).transpose())
            channel[...] = channel.new_tensor(cut_off(turned, *self._parameters).transpose())
        return {**data, self._key: image}
