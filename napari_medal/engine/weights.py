"""Weights on disk, as safetensors: they cannot carry code."""

from collections.abc import Sequence
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from napari_medal.atomic import write_atomic
from napari_medal.engine.ensemble import Weights
from napari_medal.errors import ModelError


def save_members(folder: Path, members: Sequence[Weights]) -> None:
    """Write each member's weights into `folder`."""
    for number, weights in enumerate(members):
        tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in weights.items()}
        write_atomic(_path(folder, number), lambda path, held=tensors: save_file(held, path))  # type: ignore[misc]


def load_members(folder: Path) -> list[Weights]:
    """Read the weights of every member in `folder`, in order.

    Raises:
        ModelError: There are none, or a file is damaged.
    """
    count = len(list(folder.glob("member-*.safetensors")))
    if count == 0:
        msg = f"{folder} holds no weights (member-*.safetensors)."
        raise ModelError(msg)
    members: list[Weights] = []
    for number in range(count):
        path = _path(folder, number)
        try:
            members.append(load_file(path))
        except (OSError, SafetensorError) as error:
            msg = f"{path} cannot be read as weights: {error}."
            raise ModelError(msg) from error
    return members


def _path(folder: Path, number: int) -> Path:
    return folder / f"member-{number}.safetensors"
