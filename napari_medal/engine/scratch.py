"""Arrays that took long to make, in a folder that may be deleted at any time."""

import hashlib
import os
import shutil
import threading
import time
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import numpy.typing as npt

from napari_medal.engine.array_file import ArrayFile, Arrays
from napari_medal.errors import FormatError, ModelError

_ABANDONED_SECONDS = 3600.0
_GIBIBYTE = 1024**3


class Scratch:
    """Files of arrays by key, the least recently used removed when the budget is full; never one that is in use.

    Safe to use from several threads.

    Args:
        folder: Where they lie; made when the first one is written.
        budget_bytes: Disk to use at most; by default half of what is free or used by the folder already.
    """

    def __init__(self, folder: Path, budget_bytes: int | None = None) -> None:
        self._folder = folder
        self._budget = budget_bytes
        self._lock = threading.Lock()
        self._in_use: WeakValueDictionary[str, npt.NDArray[Any]] = WeakValueDictionary()

    def find(self, key: str, checked: bool = True) -> Arrays | None:
        """Return the arrays under a key, mapped; None where there are none, or their file is damaged.

        Without `checked`, bytes that the disk has changed since are not noticed.
        """
        path = self._path(key)
        with self._lock:
            if not path.exists():
                return None
            try:
                found = ArrayFile(path).mapped(checked)
            except (FormatError, FileNotFoundError):
                path.unlink(missing_ok=True)
                return None
            os.utime(path)
            self._in_use[path.name] = next(iter(found.values()))  # the array that all the others are about
            return found

    def keep(self, key: str, arrays: Arrays) -> Arrays:
        """Write arrays under a key, and return them mapped.

        Raises:
            ModelError: The disk, or what may be used of it, is too small.
        """
        needed = sum(array.nbytes for array in arrays.values())
        with self._lock:
            self._make_room(needed)
            try:
                ArrayFile(self._path(key)).write(arrays)
            except OSError as error:
                msg = f"{self._folder}: {needed / _GIBIBYTE:.2f} GiB of prepared cases could not be written ({error})."
                raise ModelError(msg) from error
        found = self.find(key)
        if found is None:
            msg = f"{self._path(key)}: what was written could not be read again; look after the disk."
            raise ModelError(msg)
        return found

    def _path(self, key: str) -> Path:
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.npz"

    def _make_room(self, needed: int) -> None:
        """Remove what a killed process left half written, then the least recently used files that are not in use.

        Raises:
            ModelError: There is no room even then.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        for half in self._folder.glob(".writing-*"):
            if time.time() - half.stat().st_mtime > _ABANDONED_SECONDS:
                half.unlink(missing_ok=True)
        files = sorted(self._folder.glob("[!.]*.npz"), key=lambda path: path.stat().st_mtime_ns)
        used = sum(path.stat().st_size for path in files)
        budget = (shutil.disk_usage(self._folder).free + used) // 2 if self._budget is None else self._budget
        for path in files:
            if used + needed <= budget:
                return
            if path.name not in self._in_use:
                used -= path.stat().st_size
                path.unlink(missing_ok=True)
        if used + needed > budget:
            msg = (
                f"{self._folder}: found room for {max(0, budget - used) / _GIBIBYTE:.2f} GiB of prepared cases; wanted "
                f"{needed / _GIBIBYTE:.2f} GiB more. Free some disk, or raise training.cache_gb in medal.toml."
            )
            raise ModelError(msg)
