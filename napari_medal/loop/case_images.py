"""The images of a case as a viewer needs them, kept unpacked, and those of the next case read ahead."""

import hashlib
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_medal.core.case import Case
from napari_medal.core.grid import Grid
from napari_medal.core.volume import Volume
from napari_medal.core.window import robust_window
from napari_medal.engine.scratch import Scratch
from napari_medal.errors import ModelError
from napari_medal.io.read import VolumeFiles


@dataclass(frozen=True, eq=False)
class CaseImages:
    """What the files of a case hold.

    Args:
        volumes: One for each channel, canonical.
        windows: A sensible (low, high) intensity window for each channel.
        ranges: Lowest and highest intensity of each channel.
    """

    volumes: tuple[Volume, ...]
    windows: tuple[tuple[float, float], ...]
    ranges: tuple[tuple[float, float], ...]


class ReadAhead:
    """Reads the images of the case that will probably be wanted next while the one at hand is read.

    One case at most is kept in memory, and only until it is taken. A case that was read once is kept unpacked in the
    project's cache, as long as there is room, and is mapped from there the next time.
    """

    def __init__(self, files: VolumeFiles, scratch: Scratch) -> None:
        self._files = files
        self._scratch = scratch
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="medal: read ahead")
        self._case: Case | None = None
        self._images: Future[CaseImages] | None = None

    def prepare(self, case: Case) -> None:
        """Begin to read a case, in place of the one that was read ahead last."""
        if self._case is None or self._case.images != case.images:
            self._forget()
            self._case, self._images = case, self._executor.submit(self._read, case)

    def take(self, case: Case) -> CaseImages:
        """Return the images of a case: those that were read ahead, or else from the cache, or from its files.

        Raises:
            FormatError, GeometryError: A file cannot be read.
        """
        ahead = self._images if self._case is not None and self._case.images == case.images else None
        self._forget(keep=ahead)
        return self._read(case) if ahead is None else ahead.result()

    def close(self) -> None:
        """Read no more, and let go of what was read."""
        self._forget()
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _forget(self, keep: "Future[CaseImages] | None" = None) -> None:
        if self._images is not None and self._images is not keep:
            self._images.cancel()
        self._case = self._images = None

    def _read(self, case: Case) -> CaseImages:
        key = _key(case)
        kept = None if key is None else self._scratch.find(key, checked=False)
        if kept is not None:
            return _unpacked(kept)
        images = _looked_at(self._files.read_case(case.images))
        if key is not None:
            with suppress(RuntimeError):  # the session is being closed
                self._executor.submit(self._keep, key, images)
        return images

    def _keep(self, key: str, images: CaseImages) -> None:
        with suppress(ModelError):  # no room: the files are read again
            self._scratch.keep(key, _packed(images))


def _looked_at(volumes: tuple[Volume, ...]) -> CaseImages:
    windows = [robust_window(volume.array) for volume in volumes]
    return CaseImages(
        volumes=volumes,
        windows=tuple((window.low, window.high) for window in windows),
        ranges=tuple((float(volume.array.min()), float(volume.array.max())) for volume in volumes),
    )


def _key(case: Case) -> str | None:
    """Return what changes whenever a file of a case does; None where one is missing."""
    try:
        seen = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in case.images]
    except OSError:
        return None
    return f"images {case.name} {hashlib.sha256(repr(seen).encode()).hexdigest()}"


def _packed(images: CaseImages) -> dict[str, npt.NDArray[Any]]:
    arrays: dict[str, npt.NDArray[Any]] = {}
    for channel, volume in enumerate(images.volumes):
        arrays[f"array{channel}"] = volume.array
        arrays[f"affine{channel}"] = volume.grid.affine
    return arrays | {"windows": np.array(images.windows), "ranges": np.array(images.ranges)}


def _unpacked(arrays: Mapping[str, npt.NDArray[Any]]) -> CaseImages:
    volumes = []
    for channel in range(len(arrays["windows"])):
        array, affine = arrays[f"array{channel}"], arrays[f"affine{channel}"]
        z, y, x = array.shape
        volumes.append(Volume(array, Grid((z, y, x), np.array(affine))))
    return CaseImages(tuple(volumes), _pairs(arrays["windows"]), _pairs(arrays["ranges"]))


def _pairs(array: npt.NDArray[Any]) -> tuple[tuple[float, float], ...]:
    return tuple((float(low), float(high)) for low, high in array)
