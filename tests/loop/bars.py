"""Images of a bar in two parts that a small network learns in seconds."""

from pathlib import Path

import numpy as np

from napari_medal.types import LabelArray
from tests.small import write_image

_SHAPE = (14, 26, 14)
"""(x, y, z)"""


def write_bars(folder: Path, count: int) -> None:
    """Write images of a bar from front to back, brighter in front, each somewhere else."""
    for index in range(count):
        random = np.random.default_rng((7, index))
        x, y, z = (int(random.integers(1, 5)) for _ in range(3))
        image = random.normal(100.0, 10.0, _SHAPE)
        image[x : x + 6, y : y + 9, z : z + 6] += 200.0
        image[x : x + 6, y + 9 : y + 18, z : z + 6] += 100.0
        write_image(folder / f"bar_{index:02d}.nii.gz", image.astype(np.float32), np.diag([-1.0, -1.0, 1.0, 1.0]))


def bar_of(image: LabelArray) -> LabelArray:
    """Return the mask (Z, Y, X) of such an image: 1 in front, 2 behind."""
    from scipy.ndimage import median_filter

    smooth = median_filter(image, 3)
    return (np.uint8(1) * (smooth > 250.0) + np.uint8(2) * ((smooth > 150.0) & (smooth <= 250.0))).astype(np.uint8)
