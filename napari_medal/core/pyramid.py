"""How deep a network is, and how it goes down."""

from dataclasses import dataclass

from napari_medal.core.plan import Fingerprint, Steps, whole_stride

_SMALLEST_FEATURE_EDGE = 8
"""An axis is halved while the result keeps at least this many voxels."""
_COARSE = 2.0
"""An axis this many times coarser than the finest is neither halved nor looked along."""


@dataclass(frozen=True)
class Pyramid:
    """The resolution levels of a network.

    Args:
        strides: Down-sampling (z, y, x) into each level after the first.
        kernels: Convolution kernel (z, y, x) at each level.
    """

    strides: Steps
    kernels: Steps

    @property
    def divisor(self) -> tuple[int, int, int]:
        """What each side of an input must be divisible by."""
        return whole_stride(self.strides)


def plan_pyramid(fingerprint: Fingerprint, most: int, least: int = 1) -> Pyramid:
    """Halve every axis that is long enough and not much coarser than the finest.

    No pooling and no convolution across a coarse axis until the spacings are alike: the rule of nnU-Net (Isensee et
    al. 2021, Nat Methods 18:203).

    Args:
        fingerprint: What the data look like.
        most: Down-samplings at most.
        least: Down-samplings at least; those that the data do not allow have a stride of 1.
    """
    edges = list(fingerprint.median_shape)
    spacing = list(fingerprint.spacing_mm)
    strides: list[tuple[int, int, int]] = []
    kernels = [_kernel(edges, spacing, (1, 1, 1))]
    while len(strides) < most:
        finest = _finest(edges, spacing)
        step = [
            2 if n >= 2 * _SMALLEST_FEATURE_EDGE and mm < _COARSE * finest else 1
            for n, mm in zip(edges, spacing, strict=True)
        ]
        if max(step) == 1:
            break
        strides.append((step[0], step[1], step[2]))
        edges = [n // s for n, s in zip(edges, step, strict=True)]
        spacing = [mm * s for mm, s in zip(spacing, step, strict=True)]
        kernels.append(_kernel(edges, spacing, kernels[-1]))
    missing = max(0, least - len(strides))
    return Pyramid(tuple(strides) + ((1, 1, 1),) * missing, tuple(kernels) + (kernels[-1],) * missing)


def _finest(edges: list[int], spacing: list[float]) -> float:
    return min(mm for mm, n in zip(spacing, edges, strict=True) if n > 1) if max(edges) > 1 else 1.0


def _kernel(edges: list[int], spacing: list[float], above: tuple[int, int, int]) -> tuple[int, int, int]:
    """Return 3 along each axis that is not coarse, or was not at the level above."""
    finest = _finest(edges, spacing)
    z, y, x = (3 if mm < _COARSE * finest or wide == 3 else 1 for mm, wide in zip(spacing, above, strict=True))
    return z, y, x
