"""What an image looks like, in a few numbers, before any model has seen it."""

from collections.abc import Sequence

import numpy as np

from napari_medal.core.volume import Volume
from napari_medal.types import FloatArray, ImageArray

_SIDE = 6
"""Places along each axis that an image is averaged down to."""
_LOOKED_AT = 64
"""Places along each axis that are looked at, at most about."""
_EVEN = 1e-6


def looks(channels: Sequence[Volume]) -> tuple[float, ...]:
    """Describe the channels of a case by 6 x 6 x 6 averages of intensity and of edge strength each.

    Each channel is standardised first, so neither its unit nor its scale counts; a picture has 6 x 6 averages. Cheap
    features of this kind are enough to spread the first few labels over the cases (cold start, arXiv 2307.12004).

    Returns:
        2 * 6**3 numbers for each channel, or 2 * 6**2 for a picture.
    """
    return tuple(float(number) for channel in channels for number in _described(channel.array))


def _described(array: ImageArray) -> FloatArray:
    step = tuple(slice(None, None, max(1, n // _LOOKED_AT)) for n in array.shape)
    image = np.nan_to_num(np.asarray(array[step], dtype=np.float64), posinf=0.0, neginf=0.0)
    low, high = np.percentile(image, (0.5, 99.5))
    image = np.clip(image, low, high)
    deviation = float(image.std())
    image = (image - image.mean()) / deviation if deviation > _EVEN else np.zeros_like(image)
    axes = [axis for axis, n in enumerate(image.shape) if n > 1]
    edges = np.sqrt(sum(np.gradient(image, axis=axis) ** 2 for axis in axes)) if axes else np.zeros_like(image)
    return np.round(np.concatenate([_averaged(image).ravel(), _averaged(edges).ravel()]), 4).astype(np.float32)


def _averaged(image: np.ndarray) -> np.ndarray:
    """Average over a grid of 6 places along each axis that has several."""
    found = image
    for axis, n in enumerate(image.shape):
        if n > 1:
            ends = np.linspace(0, n, _SIDE + 1)
            parts = [
                found.take(range(int(ends[at]), max(int(ends[at]) + 1, int(np.ceil(ends[at + 1])))), axis=axis)
                for at in range(_SIDE)
            ]
            found = np.stack([part.mean(axis=axis) for part in parts], axis=axis)
    return found
