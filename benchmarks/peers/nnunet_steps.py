"""Time nnU-Net v2's own training steps, in an environment of its own; prints JSON.

Its trainer, its data loader with its augmentation, its network with deep supervision: only the plan's patch, batch and
widths are set, so that the network is the one that napari-medal's `dynunet` builds.

    python nnunet_steps.py FOLDER_OF_IMAGES FOLDER_OF_LABELS SETTINGS.json
"""

import json
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

SETTINGS = json.loads(Path(sys.argv[3]).read_text(encoding="utf-8"))
ROOT = Path(tempfile.mkdtemp(prefix="nnunet-"))
for name in ("raw", "preprocessed", "results"):
    os.environ[f"nnUNet_{name}"] = str(ROOT / name)
os.environ["nnUNet_n_proc_DA"] = str(SETTINGS["workers"])
os.environ["nnUNet_compile"] = "f"

NAME = "Dataset001_Bench"


def dataset(images: Path, labels: Path) -> None:
    """Lay the cases out as nnU-Net wants them."""
    folder = ROOT / "raw" / NAME
    for part in ("imagesTr", "labelsTr"):
        (folder / part).mkdir(parents=True)
    found = sorted(labels.glob("*.nii*"))[: SETTINGS["cases"]]
    for label in found:
        case = label.name.split(".")[0]
        shutil.copyfile(images / label.name, folder / "imagesTr" / f"{case}_0000.nii.gz")
        shutil.copyfile(label, folder / "labelsTr" / f"{case}.nii.gz")
    told = {
        "channel_names": {"0": "MRI"},
        "labels": {"background": 0, "anterior": 1, "posterior": 2},
        "numTraining": len(found),
        "file_ending": ".nii.gz",
    }
    (folder / "dataset.json").write_text(json.dumps(told), encoding="utf-8")


def plans() -> tuple[dict, dict]:
    """Plan and preprocess as nnU-Net does, then set what is to be equal."""
    from nnunetv2.experiment_planning.plan_and_preprocess_api import (
        extract_fingerprints,
        plan_experiments,
        preprocess,
    )

    extract_fingerprints([1], num_processes=1)
    plan_experiments([1])
    preprocess([1], configurations=("3d_fullres",), num_processes=(1,))
    folder = ROOT / "preprocessed" / NAME
    held = json.loads((folder / "nnUNetPlans.json").read_text(encoding="utf-8"))
    configuration = held["configurations"]["3d_fullres"]
    configuration["patch_size"] = SETTINGS["patch"]
    configuration["batch_size"] = SETTINGS["batch"]
    levels = len(SETTINGS["widths"])
    configuration["architecture"]["arch_kwargs"] |= {
        "n_stages": levels,
        "features_per_stage": SETTINGS["widths"],
        "strides": [[1, 1, 1], *SETTINGS["strides"]],
        "kernel_sizes": SETTINGS["kernels"],
        "n_conv_per_stage": [2] * levels,
        "n_conv_per_stage_decoder": [2] * (levels - 1),
    }
    held["continue_training"] = False
    return held, json.loads((folder / "dataset.json").read_text(encoding="utf-8"))


def main() -> None:
    import torch
    from nnunetv2.training.nnUNetTrainer.nnUNetTrainer import nnUNetTrainer

    dataset(Path(sys.argv[1]), Path(sys.argv[2]))
    held, told = plans()
    torch.set_num_threads(SETTINGS["threads"])
    device = torch.device(SETTINGS["device"])
    trainer = nnUNetTrainer(held, "3d_fullres", 0, told, device)
    trainer.initialize()
    trainer.on_train_start()
    trainer.network.train()
    for _ in range(SETTINGS["warm_up"]):
        trainer.train_step(next(trainer.dataloader_train))
    began = time.perf_counter()
    for _ in range(SETTINGS["steps"]):
        trainer.train_step(next(trainer.dataloader_train))
    if device.type == "cuda":
        torch.cuda.synchronize()
    seconds = time.perf_counter() - began
    parameters = sum(weight.numel() for weight in trainer.network.parameters())
    result = {"seconds_a_step": seconds / SETTINGS["steps"], "parameters": parameters}
    Path(SETTINGS["answer"]).write_text(json.dumps(result), encoding="utf-8")
    shutil.rmtree(ROOT, ignore_errors=True)
    for loader in multiprocessing.active_children():
        loader.kill()
    os._exit(0)  # its loaders' threads would be waited for


if __name__ == "__main__":
    main()
