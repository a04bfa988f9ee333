"""How a bundle's images are prepared, asked about and written: `configs/inference.json`."""

from collections.abc import Sequence
from dataclasses import asdict

from napari_medal.core.target import Target
from napari_medal.export.model_facts import ModelFacts

Config = dict[str, object]
_IMAGE, _ANSWER = "image", "pred"
_OVERLAP = 0.5
_LARGEST_PARTS: Config = {
    "_target_": "KeepLargestConnectedComponentd",
    "keys": _ANSWER,
    "is_onehot": False,
    "independent": True,
    "connectivity": 1,
}
"""Of each label, as the program does it (`edit.largest_parts`)."""


def inference_config(facts: ModelFacts, multiples: Sequence[int]) -> Config:
    """Return the configuration that `python -m monai.bundle run` runs: every image in a folder to one answer each.

    Args:
        facts: The model.
        multiples: What the sides (x, y, z) of an image must be divisible by.
    """
    draws = facts.target is Target.MASK
    return {
        "imports": ["$import glob", "$import torch"],
        "bundle_root": ".",
        "dataset_dir": "$@bundle_root + '/images'",
        "output_dir": "$@bundle_root + '/answers'",
        "window": [-1, -1, -1] if facts.whole else _patch(facts, multiples),
        "device": "$torch.device('cuda' if torch.cuda.is_available() else 'cpu')",
        "datalist": _datalist(len(facts.channels)),
        "network_def": "$torch.jit.load(@bundle_root + '/models/model.ts', map_location=@device).eval()",
        "preprocessing": {"_target_": "Compose", "transforms": _preparation(facts, multiples)},
        "dataset": {"_target_": "Dataset", "data": "@datalist", "transform": "@preprocessing"},
        "dataloader": {"_target_": "DataLoader", "dataset": "@dataset", "batch_size": 1, "num_workers": 0},
        "inferer": _windows() if draws else {"_target_": "SimpleInferer"},
        "postprocessing": {"_target_": "Compose", "transforms": _mask_written(facts) if draws else _decided(facts)},
        "handlers": [] if draws else [_table()],
        "evaluator": {
            "_target_": "SupervisedEvaluator",
            "device": "@device",
            "val_data_loader": "@dataloader",
            "network": "@network_def",
            "inferer": "@inferer",
            "postprocessing": "@postprocessing",
            "val_handlers": "@handlers",
        },
        "run": ["$@evaluator.run()"],
    }


def _datalist(channels: int) -> str:
    """Return an expression that lists the images: one file each, or the files of its channels, `_0000` first."""
    if channels == 1:
        return "$[{'image': path} for path in sorted(glob.glob(@dataset_dir + '/*.nii.gz'))]"
    first = "sorted(glob.glob(@dataset_dir + '/*_0000.nii.gz'))"
    files = f"[path[:-12] + '_%04d.nii.gz' % channel for channel in range({channels})]"
    return f"$[{{'image': {files}}} for path in {first}]"


def _preparation(facts: ModelFacts, multiples: Sequence[int]) -> list[Config]:
    """Bring an image into the network's axes, spacing and intensities, with MONAI's own transforms."""
    spacing = facts.spacing_xyz_mm
    steps: list[Config] = [
        {"_target_": "LoadImaged", "keys": _IMAGE, "ensure_channel_first": True},
        {"_target_": "EnsureTyped", "keys": _IMAGE, "dtype": "$torch.float32"},
        {"_target_": "Orientationd", "keys": _IMAGE, "axcodes": "LPS"},
    ]
    steps += _normalising(facts)
    if facts.target is not Target.MASK:
        z, y, x = facts.plan.patch
        finest = None if facts.plan.spacing_mm is None else max(facts.plan.spacing_mm)
        box: Config = {
            "_target_": "scripts.letter_box.LetterBoxd",
            "keys": _IMAGE,
            "box": [x, y, z],
            "finest_mm": finest,
        }
        return [*steps, box]
    if spacing is not None:
        steps.append({"_target_": "Spacingd", "keys": _IMAGE, "pixdim": list(spacing), "mode": "bilinear"})
    return [*steps, {"_target_": "DivisiblePadd", "keys": _IMAGE, "k": list(multiples), "mode": "replicate"}]


def _normalising(facts: ModelFacts) -> list[Config]:
    """Clip and scale the channels that are normalised by themselves; those with a unit are scaled by the network.

    Where the plan has a window all channels are cut off by it, and scaled by the network.
    """
    window = facts.plan.particulars.window
    if window is not None:
        return [{"_target_": "scripts.histogram_window.HistogramWindowd", "keys": _IMAGE, **asdict(window)}]
    alone = [number for number, unit in enumerate(facts.units) if unit is None]
    if not alone:
        return []
    together = len(alone) == len(facts.units)
    keys = [_IMAGE] if together else [f"{_IMAGE}_{number}" for number in alone]
    percentiles: Config = {"lower": 0.5, "upper": 99.5, "b_min": 0.0, "b_max": 1.0, "clip": True, "channel_wise": True}
    steps: list[Config] = [
        {"_target_": "ScaleIntensityRangePercentilesd", "keys": keys, **percentiles},
        {"_target_": "NormalizeIntensityd", "keys": keys, "channel_wise": True},
    ]
    if together:
        return steps
    parts = [f"{_IMAGE}_{number}" for number in range(len(facts.units))]
    apart = {"_target_": "SplitDimd", "keys": _IMAGE, "dim": 0, "output_postfixes": list(range(len(parts)))}
    joined = {"_target_": "ConcatItemsd", "keys": parts, "name": _IMAGE, "dim": 0}
    return [apart, *steps, joined, {"_target_": "DeleteItemsd", "keys": parts}]


def _patch(facts: ModelFacts, multiples: Sequence[int]) -> list[int]:
    """Return the sides (x, y, z) of a window like those that the network was trained on."""
    z, y, x = facts.plan.patch
    return [max(step, -(-side // step) * step) for side, step in zip((x, y, z), multiples, strict=True)]


def _windows() -> Config:
    """Ask window by window; -1 stands for the whole length of an image, as the program itself asks where it can."""
    return {
        "_target_": "SlidingWindowInferer",
        "roi_size": "@window",
        "sw_batch_size": 1,
        "overlap": _OVERLAP,
        "mode": "gaussian",
        "padding_mode": "replicate",
    }


def _mask_written(facts: ModelFacts) -> list[Config]:
    """Bring probabilities back onto the image's own grid, decide, and write the stored values."""
    return [
        {
            "_target_": "Invertd",
            "keys": _ANSWER,
            "transform": "@preprocessing",
            "orig_keys": _IMAGE,
            "nearest_interp": False,
            "to_tensor": True,
        },
        {"_target_": "AsDiscreted", "keys": _ANSWER, "argmax": True},
        *([_LARGEST_PARTS] if facts.plan.particulars.keep_largest else []),
        {
            "_target_": "MapLabelValued",
            "keys": _ANSWER,
            "orig_labels": list(range(len(facts.values))),
            "target_labels": list(facts.values),
        },
        {
            "_target_": "SaveImaged",
            "keys": _ANSWER,
            "output_dir": "@output_dir",
            "output_postfix": "mask",
            "output_ext": ".nii.gz",
            "output_dtype": "$torch.uint8",
            "separate_folder": False,
            "resample": False,
        },
    ]


def _decided(facts: ModelFacts) -> list[Config]:
    """Keep the probabilities of a class as they are, or a value within its range."""
    quantity = facts.labels.quantity
    if quantity is None:
        return [{"_target_": "Identityd", "keys": _ANSWER}]
    within = f"$lambda answer: answer.clamp({quantity.low!r}, {quantity.high!r})"
    return [{"_target_": "Lambdad", "keys": _ANSWER, "func": within}]


def _table() -> Config:
    return {
        "_target_": "ClassificationSaver",
        "output_dir": "@output_dir",
        "filename": "answers.csv",
        "batch_transform": "$lambda batch: [item['image'].meta for item in batch]",
        "output_transform": "$lambda batch: [item['pred'] for item in batch]",
    }
