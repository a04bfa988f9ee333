"""A model version in a folder that others' programs run: a MONAI bundle, TorchScript, or ONNX."""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from napari_medal.atomic import write_text_atomic
from napari_medal.core.plan import Intensities
from napari_medal.export.bundle.inference import inference_config
from napari_medal.export.bundle.metadata import metadata
from napari_medal.export.model_facts import ModelFacts
from napari_medal.export.program import NOTE

if TYPE_CHECKING:
    from napari_medal.engine.frozen_model import FrozenModel

Write = Callable[["FrozenModel", ModelFacts, Path], None]


@dataclass(frozen=True)
class ModelFormat:
    """A way to write a model: its title for people, and what fills an empty folder."""

    title: str
    write: Write


def _write_bundle(model: "FrozenModel", facts: ModelFacts, folder: Path) -> None:
    """Write a bundle that `python -m monai.bundle run --config_file configs/inference.json` runs in its folder."""
    from napari_medal.engine import histogram_window, letter_box
    from napari_medal.engine.freeze import write_torchscript

    (folder / "models").mkdir()
    write_torchscript(model, folder / "models" / "model.ts")
    _write_json(folder / "configs" / "metadata.json", metadata(facts))
    _write_json(folder / "configs" / "inference.json", inference_config(facts, model.multiples))
    wanted = {letter_box: not model.draws, histogram_window: facts.plan.particulars.window is not None}
    scripts = [Path(str(module.__file__)) for module, is_wanted in wanted.items() if is_wanted]
    if scripts:
        (folder / "scripts").mkdir()
        write_text_atomic(folder / "scripts" / "__init__.py", '"""Transforms of this bundle."""\n')
    for script in scripts:
        shutil.copyfile(script, folder / "scripts" / script.name)
    write_text_atomic(folder / "docs" / "README.md", facts.card)


def _write_torchscript(model: "FrozenModel", facts: ModelFacts, folder: Path) -> None:
    from napari_medal.engine.freeze import write_torchscript

    write_torchscript(model, folder / "model.ts")
    _write_json(folder / "model.json", _description(model, facts, any_size=model.draws))
    write_text_atomic(folder / "README.md", facts.card)


def _write_onnx(model: "FrozenModel", facts: ModelFacts, folder: Path) -> None:
    from napari_medal.engine.freeze import write_onnx

    any_size = write_onnx(model, folder / "model.onnx")
    _write_json(folder / "model.json", _description(model, facts, any_size))
    write_text_atomic(folder / "README.md", facts.card)


MODEL_FORMATS: Mapping[str, ModelFormat] = {
    "monai-bundle": ModelFormat("MONAI bundle", _write_bundle),
    "torchscript": ModelFormat("TorchScript", _write_torchscript),
    "onnx": ModelFormat("ONNX", _write_onnx),
}


def _description(model: "FrozenModel", facts: ModelFacts, any_size: bool) -> Mapping[str, object]:
    """Say how the network is fed, and what its answer means."""
    x, y, z = model.patch
    return {
        "name": facts.name,
        "made_by": facts.program,
        "note": NOTE,
        "input": {
            "axes": "batch, channel, x (to the patient's left), y (to the back), z (to the head)",
            "channels": list(facts.channels),
            "spacing_mm": facts.spacing_xyz_mm,
            "patch": [x, y, z],
            "sides_are_multiples_of": list(model.multiples) if any_size else [x, y, z],
            "any_size": any_size,
            "intensities": [_wanted_intensities(facts, unit) for unit in facts.units],
        },
        "output": {
            "target": facts.target.value,
            "meaning": list(facts.names),
            "stored_values": list(facts.values),
            "largest_part_of_each_label_alone": facts.plan.particulars.keep_largest,
        },
        "figures": facts.figures,
    }


def _wanted_intensities(facts: ModelFacts, unit: Intensities | None) -> str:
    """Say how intensities of a channel come to the network."""
    window = facts.plan.particulars.window
    if window is not None:
        return f"each volume cut off by its histogram, from {window}, and scaled to 0 to 1"
    return "as stored" if unit is not None else "clipped to percentiles 0.5 and 99.5, mean 0, deviation 1"


def _write_json(path: Path, content: Mapping[str, object]) -> None:
    write_text_atomic(path, json.dumps(content, indent=2) + "\n")
