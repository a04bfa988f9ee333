"""What a bundle says of itself: `configs/metadata.json`."""

from importlib.metadata import version

from napari_medal.core.target import Target
from napari_medal.export.bundle.inference import Config
from napari_medal.export.model_facts import ModelFacts
from napari_medal.export.program import NOTE

_SCHEMA = "https://github.com/Project-MONAI/MONAI-extra-test-data/releases/download/0.8.1/meta_schema_20240725.json"
_INTENDED = f"{NOTE} A person corrects what it proposes."


def metadata(facts: ModelFacts) -> Config:
    """Return the fields of MONAI's bundle specification (docs.monai.io, "MONAI Bundle")."""
    shape = list(reversed(facts.plan.patch))
    return {
        "schema": _SCHEMA,
        "version": f"{facts.number}.0.0",
        "changelog": {f"{facts.number}.0.0": f"Model {facts.number} of the project"},
        "monai_version": version("monai"),
        "pytorch_version": version("torch").partition("+")[0],
        "numpy_version": version("numpy"),
        "required_packages_version": _packages(facts),
        "name": facts.name,
        "task": f"{facts.task} ({facts.target.value})",
        "description": f"Model {facts.number} for {facts.task} in '{facts.project}', written by {facts.program}.",
        "authors": "",
        "copyright": "",
        "intended_use": _INTENDED,
        "data_type": "nibabel",
        "image_classes": ", ".join(name or f"channel {number}" for number, name in enumerate(facts.channels)),
        "pred_classes": ", ".join(facts.names),
        "eval_metrics": facts.figures,
        "network_data_format": {
            "inputs": {
                "image": {
                    "type": "image",
                    "format": "intensities",
                    "num_channels": len(facts.channels),
                    "spatial_shape": shape,
                    "dtype": "float32",
                    "value_range": [],
                    "is_patch_data": facts.target is Target.MASK,
                    "channel_def": {
                        str(number): name or f"channel {number}" for number, name in enumerate(facts.channels)
                    },
                }
            },
            "outputs": {"pred": _output(facts, shape)},
        },
    }


def _packages(facts: ModelFacts) -> dict[str, str]:
    """Return what a bundle needs beside MONAI, torch and numpy."""
    packages = {"nibabel": version("nibabel"), "pytorch-ignite": "0.4.11"}
    own = facts.plan.particulars
    if own.keep_largest or own.window is not None:
        packages["scikit-image"] = version("scikit-image")
    return packages


def _output(facts: ModelFacts, shape: list[int]) -> Config:
    names = {str(number): name for number, name in enumerate(facts.names)}
    value = facts.target is Target.VALUE
    return {
        "type": "image" if facts.target is Target.MASK else ("value" if value else "probabilities"),
        "format": "segmentation" if facts.target is Target.MASK else ("value" if value else "classes"),
        "num_channels": len(names),
        "spatial_shape": shape if facts.target is Target.MASK else [],
        "dtype": "float32",
        "value_range": [] if value else [0, 1],
        "is_patch_data": facts.target is Target.MASK,
        "channel_def": names,
    }
