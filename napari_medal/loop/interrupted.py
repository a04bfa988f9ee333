"""Trainings that were interrupted, and go on from where they were."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from napari_medal.engine.checkpoint import Checkpoint
from napari_medal.loop.own_folder import remove_own

_SUFFIX = ".safetensors"


@dataclass(frozen=True)
class Interrupted:
    """The folder of a task in which a training keeps its state, and what is trained.

    Args:
        folder: The folder; it holds nothing else.
        facts: Everything that the training depends on: another one must not go on from its state.
    """

    folder: Path
    facts: Any

    def checkpoint(self, run: int) -> Checkpoint:
        """Return the file of one run of the training, numbered from 0."""
        return Checkpoint(self.folder / f"{self._key(run)}{_SUFFIX}")

    def keep_only(self, runs: int) -> None:
        """Delete what other trainings left: their labels or settings have changed since."""
        kept = {f"{self._key(run)}{_SUFFIX}" for run in range(runs)}
        if self.folder.is_symlink():
            self.folder.unlink()  # never what it leads to
        for path in self.folder.glob("*"):
            if path.name not in kept:
                path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Delete the state of a training that has ended well."""
        remove_own(self.folder)

    def _key(self, run: int) -> str:
        told = TypeAdapter(Any).dump_json([self.facts, run])
        return hashlib.sha256(told).hexdigest()[:32]
