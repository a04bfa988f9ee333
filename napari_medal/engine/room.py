"""Room for arrays, in memory or on disk."""

import math
import tempfile

import numpy as np
import psutil

from napari_medal.types import Samples


def make_room(shape: tuple[int, ...], memory_bytes: int | None = None) -> Samples:
    """Return an array of float32, in a temporary file where memory is short.

    The file has no name where the system allows that, and goes when the array does.

    Args:
        shape: Its shape.
        memory_bytes: Memory that it may take; by default half of what is free.
    """
    allowed = psutil.virtual_memory().available // 2 if memory_bytes is None else memory_bytes
    if math.prod(shape) * 4 <= allowed:
        return np.empty(shape, dtype=np.float32)
    with tempfile.TemporaryFile(prefix="napari-medal-") as file:
        return np.memmap(file, dtype=np.float32, mode="w+", shape=shape)
