"""Heads made of ellipsoids: a brain of two tissues in fluid, bone, a bright scalp, and a neck."""

from dataclasses import dataclass

import numpy as np

from napari_medal.core.grid import Grid
from napari_medal.core.volume import Volume
from napari_medal.types import FloatArray, LabelArray
from tests.small import grid

SHAPE = (40, 44, 36)
"""Voxels (z, y, x) of 1 mm: a head for a doll."""
_FLUID, _GREY, _WHITE, _BONE, _SCALP = 0.25, 0.55, 0.85, 0.1, 0.95


@dataclass(frozen=True, eq=False)
class Head:
    """A T1-weighted head, and where its brain is."""

    image: FloatArray
    brain: LabelArray

    @property
    def volume(self) -> Volume:
        """The image on its grid."""
        return Volume(self.image, self.grid)

    @property
    def grid(self) -> Grid:
        """1 mm along every axis."""
        return grid(self.image.shape)


def head(seed: int, noise: float = 0.06) -> Head:
    """Return a head of random size, place, contrast and shading; scalp and neck are as bright as the brain."""
    random = np.random.default_rng(seed)
    places = np.stack(np.meshgrid(*(np.linspace(-1, 1, n) for n in SHAPE), indexing="ij"))
    centre = random.uniform(-0.08, 0.08, 3)[:, None, None, None]
    radii = random.uniform(0.62, 0.72, 3)[:, None, None, None]
    radius = np.sqrt((((places - centre) / radii) ** 2).sum(axis=0))
    wave = 0.04 * np.sin(random.uniform(5, 9) * places[1] + random.uniform(0, 6)) * np.cos(7 * places[2])
    image = np.zeros(SHAPE)
    for most, tissue in (
        (1.32, _SCALP),
        (1.18, _BONE),
        (1.06, _FLUID),
        (0.98 + wave, _GREY),
        (0.72 + 2 * wave, _WHITE),
    ):
        image[radius < most] = tissue * random.uniform(0.9, 1.1)
    neck = (np.hypot(places[1] - 0.1, places[2]) < 0.35) & (places[0] < -0.6) & (radius > 1.06)
    image[neck] = _GREY * random.uniform(0.9, 1.1)
    image *= 1.0 + 0.25 * random.uniform(-1, 1) * places[1] + 0.25 * random.uniform(-1, 1) * places[0]
    image += random.normal(0, noise, SHAPE)
    return Head(image.astype(np.float32) * float(random.uniform(50, 2000)), (radius < 1.06).astype(np.uint8))
