"""Measure the properties of the data that decide how a network is fed."""

from collections.abc import Sequence

import numpy as np

from napari_medal.core.grid import Grid
from napari_medal.core.plan import Fingerprint
from napari_medal.errors import ModelError


def fingerprint(grids: Sequence[Grid], channels: int) -> Fingerprint:
    """Summarise the canonical grids of a set of cases.

    Raises:
        ModelError: There is no case.
    """
    if not grids:
        msg = "A plan needs at least one usable case; found none."
        raise ModelError(msg)
    shapes = np.array([grid.shape for grid in grids])
    spacings = np.array([grid.spacing_mm for grid in grids])
    spacing = tuple(float(mm) for mm in np.median(spacings, axis=0))
    median = tuple(round(n) for n in np.median(shapes, axis=0))
    largest = tuple(int(n) for n in shapes.max(axis=0))
    return Fingerprint(
        cases=len(grids),
        channels=channels,
        spacing_mm=(spacing[0], spacing[1], spacing[2]),
        median_shape=(median[0], median[1], median[2]),
        largest_shape=(largest[0], largest[1], largest[2]),
        planar=all(grid.shape[0] == 1 for grid in grids),
    )
