"""Weights that were trained elsewhere."""

import pickle
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from napari_medal.engine.ensemble import Weights
from napari_medal.errors import ModelError


@dataclass(frozen=True)
class Adoption:
    """What a network took over from weights that were trained elsewhere.

    Args:
        taken: Names of the network's tensors that were filled.
        missing: Names of the network's tensors that stay random: absent there, or of another shape.
        unused: Names of the foreign tensors that have no place in the network.
    """

    taken: tuple[str, ...]
    missing: tuple[str, ...]
    unused: tuple[str, ...]


def read_foreign(path: Path) -> Weights:
    """Read tensors by name from a safetensors file, or from a torch file that holds nothing but tensors.

    A dictionary that holds the weights under a key of its own ("state_dict", "model", ...) is opened; the prefix
    "module." is taken off where all names have it.

    Raises:
        ModelError: The file is missing, damaged, holds no tensors, or is a pickle that could run code.
    """
    try:
        held = load_file(path) if path.suffix == ".safetensors" else _torch_file(path)
    except (OSError, SafetensorError, RuntimeError, EOFError, ValueError) as error:
        msg = f"{path} cannot be read as weights: {error}. Wanted a safetensors file or a torch file of tensors."
        raise ModelError(msg) from error
    tensors = _most_tensors(held)
    if not tensors:
        msg = f"{path} holds no tensors by name; wanted the weights of a network (a state dict)."
        raise ModelError(msg)
    return _without_prefix(tensors)


def adopt(network: nn.Module, weights: Weights) -> Adoption:
    """Fill a network with every tensor that has one of its names and the shape that goes with it.

    Raises:
        ModelError: None has.
    """
    own = network.state_dict()
    taken = {name: tensor for name, tensor in weights.items() if name in own and own[name].shape == tensor.shape}
    if not taken:
        example = ", ".join(list(own)[:2])
        msg = (
            f"None of the {len(weights)} tensors to start from fits the network by name and shape; it has {example} "
            f"and so on, found {', '.join(list(weights)[:2])}. Are they another recipe's?"
        )
        raise ModelError(msg)
    network.load_state_dict(taken, strict=False)
    return Adoption(
        taken=tuple(name for name in own if name in taken),
        missing=tuple(name for name in own if name not in taken),
        unused=tuple(name for name in weights if name not in taken),
    )


def _torch_file(path: Path) -> Any:
    """Read a torch file without running anything in it."""
    try:
        with warnings.catch_warnings():  # of how a pickle was written; it is refused anyhow
            warnings.simplefilter("ignore", UserWarning)
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        msg = (
            f"{path} is damaged or holds Python objects besides tensors (a pickle), which could run code; it was not "
            "opened. Save the weights as safetensors, or as a torch file of the state dict alone."
        )
        raise ModelError(msg) from error


def _most_tensors(held: Any) -> dict[str, torch.Tensor]:
    """Return the mapping with the most tensors among a mapping and those inside it."""
    if not isinstance(held, Mapping):
        return {}
    own = {str(name): value for name, value in held.items() if isinstance(value, torch.Tensor)}
    inner = [_most_tensors(value) for value in held.values() if isinstance(value, Mapping)]
    return max([own, *inner], key=len)


def _without_prefix(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Take "module." off every name, which torch's own wrapper for several GPUs puts before it."""
    prefix = "module."
    if not all(name.startswith(prefix) for name in tensors):
        return tensors
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items()}
