"""Masks made by hypothesis."""

import numpy as np
from hypothesis import strategies as st

SPACINGS = st.tuples(*[st.sampled_from((0.4, 0.7, 1.0, 1.5, 3.0))] * 3)


@st.composite
def masks(draw, axes: int = 3) -> np.ndarray:
    """Return a mask of a few boxes with some voxels at random."""
    shape = tuple(draw(st.integers(3, 9)) for _ in range(axes))
    return blob(shape, draw(st.integers(0, 10_000)))


@st.composite
def pairs(draw, axes: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Return two masks of one shape, neither of them empty."""
    shape = tuple(draw(st.integers(3, 9)) for _ in range(axes))
    return tuple(blob(shape, draw(st.integers(0, 10_000))) for _ in range(2))


def blob(shape: tuple[int, ...], seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    mask = rng.random(shape) < 0.03
    for _ in range(int(rng.integers(1, 3))):
        start = [int(rng.integers(0, n)) for n in shape]
        mask[tuple(slice(first, first + int(rng.integers(1, 5))) for first in start)] = True
    return mask
