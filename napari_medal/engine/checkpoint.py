"""What an interrupted training goes on from."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from napari_medal.atomic import write_atomic

_EVERY_SECONDS = 60.0
_STATE = "state"


@dataclass(frozen=True, eq=False)
class Saved:
    """The state of a training: numbers by name, and tensors by name."""

    numbers: Mapping[str, float]
    tensors: Mapping[str, torch.Tensor]


@dataclass(eq=False)
class Checkpoint:
    """The file that a training writes its state to, about once a minute.

    Args:
        path: The file. Its name should tell what is trained, on which labels: another training must not go on from it.
        seconds: Time between two writes.
    """

    path: Path
    seconds: float = _EVERY_SECONDS
    _written: float = field(default_factory=time.monotonic)

    @property
    def is_due(self) -> bool:
        """Whether it is time to write."""
        return time.monotonic() - self._written >= self.seconds

    def write(self, saved: Saved) -> None:
        """Write the state, atomically; the file holds tensors and cannot carry code."""
        tensors = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in saved.tensors.items()}
        metadata = {_STATE: json.dumps(dict(saved.numbers))}
        write_atomic(self.path, lambda path: save_file(tensors, path, metadata))
        self._written = time.monotonic()

    def read(self) -> Saved | None:
        """Read the state back; None where there is none, or where the file is damaged and of no use."""
        try:
            with safe_open(self.path, framework="pt") as file:
                numbers = json.loads((file.metadata() or {})[_STATE])
                return Saved(numbers, {name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118
        except (OSError, SafetensorError, KeyError, ValueError):
            return None
