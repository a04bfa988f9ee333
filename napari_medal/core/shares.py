"""Numbers between 0 and 1 kept as bytes, read when they are wanted."""

import threading
from collections.abc import Callable
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from napari_medal.types import FloatArray

Bytes = npt.NDArray[np.uint8]


class Shares:
    """An array of numbers in [0, 1], held as 255ths: a quarter of the memory of 32-bit floats.

    A whole number along the first axis picks a part and reads nothing; any other index gives float32, and so does
    `numpy.asarray`. Take no more than is wanted: what is given is not kept. Safe to use from several threads.

    Args:
        shape: Its shape.
        read: Gives the bytes; called once, when they are first wanted.
    """

    def __init__(self, shape: tuple[int, ...], read: Callable[[], Bytes]) -> None:
        self.shape = shape
        self._read: Callable[[], Bytes] | None = read
        self._bytes: Bytes = np.empty(0, dtype=np.uint8)
        self._lock = threading.Lock()

    @classmethod
    def of(cls, array: npt.NDArray[np.floating]) -> "Shares":
        """Round an array to 255ths."""
        found = np.empty(array.shape, dtype=np.uint8)
        for part, into in zip(array, found, strict=True) if array.ndim > 1 else ((array, found),):
            np.rint(np.clip(part, 0.0, 1.0) * np.float32(255.0), out=into, casting="unsafe")
        return cls(found.shape, lambda: found)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def bytes(self) -> Bytes:
        """The 255ths."""
        with self._lock:
            if self._read is not None:
                self._bytes, self._read = self._read(), None  # what it read from may go now
            return self._bytes

    def __len__(self) -> int:
        return self.shape[0]

    @overload
    def __getitem__(self, index: int) -> "Shares": ...
    @overload
    def __getitem__(self, index: Any) -> FloatArray: ...
    def __getitem__(self, index: Any) -> "Shares | FloatArray":
        if isinstance(index, int | np.integer) and self.ndim > 1:
            if not -len(self) <= index < len(self):
                msg = f"Found the index {index}; there are {len(self)} parts."
                raise IndexError(msg)
            return Shares(self.shape[1:], lambda: self.bytes[index])
        return np.asarray(self.bytes[index] / np.float32(255.0), dtype=np.float32)

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> npt.NDArray[Any]:
        if copy is False:
            msg = "Shares are held as bytes; found copy=False, wanted a copy as numbers."
            raise ValueError(msg)
        return self[...].astype(np.float32 if dtype is None else dtype, copy=False)
