"""What a plan has to know of one case."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from napari_medal.core.grid import Grid
from napari_medal.core.volume import Volume
from napari_medal.engine.foreground import Foreground
from napari_medal.engine.hounsfield import in_hounsfield
from napari_medal.types import FloatArray, LabelArray

_SAMPLED = 10_000
"""Voxels of a case whose intensities are looked at, as in nnU-Net (Isensee et al. 2021, Nat Methods 18:203)."""


@dataclass(frozen=True, eq=False)
class CaseFacts:
    """The geometry of a case, and a sample of its intensities.

    Args:
        grid: Its canonical grid.
        inside: (channels, n) intensities inside the labels; n is 0 where there is no label.
        anywhere: (channels, 10,000) intensities anywhere.
        hounsfield: (channels,) whether each channel is CT by its looks.
    """

    grid: Grid
    inside: FloatArray
    anywhere: FloatArray
    hounsfield: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, volumes: Sequence[Volume], mask: LabelArray | None) -> Self:
        """Look at a case; the mask is (Z, Y, X) on the case's grid, 0 where no label is."""
        labelled = () if mask is None else Foreground.of((mask > 0).astype(np.uint8)).voxels
        inside = labelled[0] if labelled else np.zeros(0, dtype=np.int64)
        anywhere = np.random.default_rng(0).integers(volumes[0].array.size, size=_SAMPLED)
        return cls(
            grid=volumes[0].grid,
            inside=_at(volumes, inside),
            anywhere=_at(volumes, anywhere),
            hounsfield=np.array([in_hounsfield(volume.array) for volume in volumes]),
        )


def _at(volumes: Sequence[Volume], places: npt.NDArray[np.int64]) -> FloatArray:
    """Return the intensities of each channel at flat positions."""
    return np.stack([volume.array.reshape(-1)[places].astype(np.float32) for volume in volumes])
