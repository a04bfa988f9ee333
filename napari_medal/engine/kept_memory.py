"""Freed memory kept for the next layer: a CPU otherwise fetches every activation from the system anew."""

import ctypes
import platform
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from napari_medal.engine.device import Device

_TRIM, _PAD, _THRESHOLD, _MOST_MAPPED = -1, -2, -3, -4
"""Names of glibc's settings (malloc.h)."""
_HEAP = 64 * 1024**2
"""The largest piece that a thread's own heap holds; larger ones are fetched anew whatever is set here."""
_KEEPING = ((_MOST_MAPPED, 0), (_TRIM, 2**31 - 1), (_PAD, _HEAP))
_USUAL = ((_MOST_MAPPED, 65536), (_TRIM, _HEAP), (_PAD, 128 * 1024), (_THRESHOLD, _HEAP // 2))
"""What glibc arrives at by itself once a program has freed large pieces."""

_lock = threading.Lock()
_inside = 0


@contextmanager
def kept_memory(device: Device) -> Iterator[None]:
    """Let glibc keep what is freed until the last one leaves, and then give all of it back to the system.

    The memory of a process is one, so whatever else allocates meanwhile is treated alike. Elsewhere than on a CPU with
    glibc nothing happens.
    """
    global _inside
    library = None if device.memory.accelerated else _glibc()
    if library is None:
        yield
        return
    with _lock:
        _inside += 1
        if _inside == 1:
            _set(library, _KEEPING)
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                _set(library, _USUAL)
                library.malloc_trim(0)


def _set(library: ctypes.CDLL, settings: tuple[tuple[int, int], ...]) -> None:
    for name, value in settings:
        library.mallopt(name, value)


def _glibc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None) if platform.libc_ver()[0] == "glibc" else None
