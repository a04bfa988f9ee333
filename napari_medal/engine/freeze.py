"""Write a frozen model as TorchScript or ONNX."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import torch

from napari_medal.atomic import write_atomic
from napari_medal.engine.frozen_model import FrozenModel
from napari_medal.errors import ModelError

_OPSET = 18
_CLOSE = 1e-3
"""How far the written network's probabilities may lie from the network's own."""


def write_torchscript(model: FrozenModel, path: Path) -> None:
    """Write a network that `torch.jit.load` reads without this program.

    Raises:
        ModelError: The written network does not answer like the one that it was made from.
    """
    example = _example(model, _patch(model))
    with warnings.catch_warnings(), torch.inference_mode(False), torch.no_grad():
        # torch would rather see torch.export, which neither MONAI's bundles nor their readers load.
        warnings.simplefilter("ignore")
        traced = torch.jit.trace(model, example, check_trace=False)  # type: ignore[no-untyped-call]
        _require_same(model(example), traced(example), path)
        write_atomic(path, lambda temporary: torch.jit.save(traced, str(temporary)))


def write_onnx(model: FrozenModel, path: Path) -> bool:
    """Write a network for ONNX Runtime and its like; return whether it takes images of any size, or the patch's alone.

    Raises:
        ModelError: The package onnx is not installed, or the network holds something that ONNX has no word for.
    """
    try:
        import onnx  # noqa: F401 - torch needs it to write
    except ImportError as error:
        msg = "Found no package 'onnx', which writes this format; pip install 'napari-medal[onnx]'."
        raise ModelError(msg) from error
    if model.draws:
        try:
            write_atomic(path, lambda temporary: _to_onnx(model, temporary, any_size=True))
        except RuntimeError:  # windowed attention counts its windows once and for all
            pass
        else:
            return True
    try:
        write_atomic(path, lambda temporary: _to_onnx(model, temporary, any_size=False))
    except RuntimeError as error:
        msg = f"{path}: this network cannot be written as ONNX: {str(error).splitlines()[0]}"
        raise ModelError(msg) from error
    return False


def _to_onnx(model: FrozenModel, path: Path, any_size: bool) -> None:
    example = _example(model, _patch(model))
    sides = {2: "x", 3: "y", 4: "z"}
    axes = {"image": {0: "batch", **sides}, "answer": {0: "batch", **sides}} if any_size else None
    with warnings.catch_warnings(), torch.inference_mode(False), torch.no_grad():
        # The exporter by torch.export cannot follow sides of any length yet.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            (example,),
            str(path),
            dynamo=False,
            opset_version=_OPSET,
            input_names=["image"],
            output_names=["answer"],
            dynamic_axes=axes,
        )


def _patch(model: FrozenModel) -> tuple[int, int, int]:
    """Return the sides (x, y, z) of a patch that the network takes."""
    x, y, z = (max(step, -(-side // step) * step) for side, step in zip(model.patch, model.multiples, strict=True))
    return x, y, z


def _example(model: FrozenModel, sides: Sequence[int]) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randn((1, model.channels, *sides), generator=generator)


def _require_same(wanted: torch.Tensor, found: torch.Tensor, path: Path) -> None:
    apart = float((wanted - found).abs().max())
    if not apart <= _CLOSE * max(1.0, float(wanted.abs().max())):
        msg = f"{path}: found a network that answers {apart:.2g} apart from the model; wanted the same answers."
        raise ModelError(msg)
