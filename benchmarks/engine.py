"""Time the engine beside its peers in the same run, and print ratios as Markdown tables.

Training steps beside MONAI's plain loop and nnU-Net v2, preparing and scoring a pool beside MONAI's transforms and
MONAI Label's epistemic scorer, prediction of a large volume beside MONAI's sliding window, and the time from an
accepted label to a gated model. nnU-Net and MONAI Label come from PyPI into environments of their own, below `--peers`;
where one cannot be installed its rows say so. Volumes are those of MEDAL_DATA's `hippocampus`, or phantoms without it.

Run it on a quiet machine: `make bench-engine`. Ours and a peer take turns, and each gives its shortest time, because
other work only ever adds.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from monai.data import CacheDataset, DataLoader
from monai.inferers.inferer import SlidingWindowInferer
from monai.losses.dice import DiceCELoss
from monai.transforms import (
    Compose,
    EnsureChannelFirstd,
    LoadImaged,
    NormalizeIntensityd,
    Orientationd,
    RandCropByPosNegLabeld,
    RandGaussianNoised,
    RandRotated,
    RandScaleIntensityd,
    RandShiftIntensityd,
    RandZoomd,
    SpatialPadd,
)

from napari_medal.core.asking import Asking
from napari_medal.core.grid import Grid
from napari_medal.core.plan import Fingerprint, Plan
from napari_medal.core.progress import Silent
from napari_medal.core.recipe import Recipe
from napari_medal.core.target import Target
from napari_medal.core.volume import Volume
from napari_medal.engine.device import Device, choose_device
from napari_medal.engine.ensemble import Ensemble
from napari_medal.engine.examples import Example
from napari_medal.engine.prepare import prepare, prepare_mask
from napari_medal.engine.probe import Trial, probe
from napari_medal.engine.stepper import Stepper
from napari_medal.engine.training import Training
from napari_medal.io.nifti import READER
from napari_medal.io.samples.phantom import write_phantoms
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import Reading, accept_file
from napari_medal.loop.creating import TaskWish, new_project
from napari_medal.loop.round import retrain
from napari_medal.loop.session import installed_extensions
from napari_medal.loop.training import train_model

_HERE = Path(__file__).parent
_PEERS = {"nnunet": "nnunetv2", "monailabel": "monailabel"}
_PATCH = (40, 56, 40)
"""nnU-Net's own patch for the hippocampus."""
_OUTPUTS = 3


@dataclass(frozen=True)
class Setting:
    """Where and on what everything is measured."""

    images: tuple[Path, ...]
    labels: tuple[Path, ...]
    device: Device
    scratch: Path
    peers: Path
    steps: int
    pool: int


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--peers", type=Path, default=Path(".peers"), help="where the peers' environments lie")
    asked.add_argument("--steps", type=int, default=20, help="training steps that are timed")
    asked.add_argument("--pool", type=int, default=100, help="cases that are prepared and scored")
    asked.add_argument("--only", nargs="*", default=[], help="steps, prepare, predict, score, round")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        images, labels = _volumes(Path(folder), options.pool)
        device = choose_device()
        device.claim_threads()
        setting = Setting(images, labels, device, Path(folder), options.peers.resolve(), options.steps, options.pool)
        print(f"Device: {device.title}, torch {torch.__version__}; {len(images)} volumes\n")
        print("| what | napari-medal | peer | time | ratio |\n|---|---|---|---|---|")
        for name, rows in {
            "steps": training_steps, "prepare": preparing, "predict": predicting, "score": scoring, "round": one_round,
        }.items():  # fmt: skip
            if not options.only or name in options.only:
                for row in rows(setting):
                    print(row, flush=True)


def training_steps(setting: Setting) -> Iterator[str]:
    """Take optimiser steps, batches and augmentation included: each peer with the same network, patch and batch."""
    extensions = installed_extensions()
    unet, dynunet = extensions.recipes.get("unet"), extensions.recipes.get("dynunet")
    plan = _plan(unet, setting.device)
    ours, theirs = _our_steps(unet, plan, setting), _monai_steps(unet, plan, setting)
    pair = _in_turn(ours, theirs, rounds=3)
    yield _row(
        "training step, U-Net, beside MONAI's plain loop", pair[0], "MONAI: CacheDataset, DiceCELoss, Adam", pair[1]
    )
    plan = replace(_plan(dynunet, setting.device), widths=(32, 64, 128, 256), batch=2)
    plan = replace(plan, strides=((2, 2, 2),) * 3, kernels=((3, 3, 3),) * 4)
    ours = _our_steps(dynunet, plan, setting, steps=max(4, setting.steps // 4))
    first = ours()
    plain = replace(setting, device=replace(setting.device, half=False))
    float32 = _our_steps(dynunet, plan, plain, steps=max(4, setting.steps // 4))()
    found = _ask_peer("nnunet", "nnunet_steps.py", setting, [*_folders(setting)], _nnunet_settings(plan, setting))
    second = ours()
    if isinstance(found, str):
        yield f"| training step, nnU-Net's network | {min(first, second) * 1e3:.0f} ms | nnU-Net v2 | {found} | |"
    else:
        yield _row(
            "training step, nnU-Net's network with deep supervision", min(first, second), "nnU-Net v2's trainer",
            found["seconds_a_step"],
        )  # fmt: skip
        if setting.device.half:
            yield _row("the same in float32", float32, "nnU-Net v2's trainer", found["seconds_a_step"])


def preparing(setting: Setting) -> Iterator[str]:
    """Read and prepare a pool."""
    plan = _plan(installed_extensions().recipes.get("unet"), setting.device)
    chain = Compose(
        [
            LoadImaged("image"),
            EnsureChannelFirstd("image"),
            Orientationd("image", axcodes="RAS", labels=None),
            NormalizeIntensityd("image"),
        ]
    )

    def ours() -> float:
        return _seconds(lambda: [prepare(READER.read(image), plan, Target.MASK) for image in setting.images])

    def theirs() -> float:
        return _seconds(lambda: [chain({"image": image}) for image in setting.images])

    pair = _in_turn(ours, theirs, rounds=3)
    yield _row(f"read and prepare {len(setting.images)} cases", pair[0], "MONAI transforms", pair[1])


def predicting(setting: Setting) -> Iterator[str]:
    """Predict a volume of 256 x 256 x 256 voxels with one member."""
    shape = (256, 256, 256)
    affine = np.zeros((4, 4))
    affine[2, 0] = affine[1, 1] = affine[0, 2] = affine[3, 3] = 1.0
    volume = Volume(np.random.default_rng(0).normal(size=shape).astype(np.float32), Grid(shape, affine))
    recipe = installed_extensions().recipes.get("unet")
    plan = recipe.plan(Fingerprint(1, 1, (1.0, 1.0, 1.0), shape, shape, planar=False), setting.device.memory)
    ensemble = _ensemble(recipe, plan, setting.device)
    prepared = prepare([volume], plan, Target.MASK)
    network = ensemble._networks[0]  # the very same network, so that only the way of asking differs
    tensor = torch.from_numpy(np.asarray(prepared.image))[None].to(setting.device.torch)
    inferer = SlidingWindowInferer(plan.patch, sw_batch_size=1, overlap=0.25, mode="gaussian")

    def theirs() -> float:
        with torch.inference_mode(), setting.device.autocast():
            return _seconds(lambda: inferer(tensor, network))

    pair = _in_turn(lambda: _seconds(lambda: ensemble.samples(prepared)), theirs, rounds=3)
    yield _row("predict 256 x 256 x 256", pair[0], "MONAI SlidingWindowInferer, to logits", pair[1])


def scoring(setting: Setting) -> Iterator[str]:
    """Score a pool by the disagreement of dropout passes, from files to scores in the catalogue."""
    passes = 5
    with _project(setting, labelled=4, dropout=0.2, passes=passes) as session:
        version = train_model(session, "segmentation", Silent()).version
        from napari_medal.loop.prediction import predict

        names = [case.name for case in session.project.cases.all()]
        session.cache.clear()
        cold = _seconds(lambda: predict(session, "segmentation", Silent(), names))
        settings = {
            "plan": asdict(replace(version.plan, dropout=0.2)) | {"kernels": version.plan.level_kernels},
            "cases": len(names), "outputs": _OUTPUTS, "passes": passes, "threads": setting.device.threads,
            "device": setting.device.torch.type, "weights": str(setting.scratch / "weights.pt"),
        }  # fmt: skip
    found = _ask_peer("monailabel", "monailabel_scoring.py", setting, [_folders(setting)[0]], settings)
    what = f"score {len(names)} cases, {passes} dropout passes"
    if isinstance(found, str):
        yield f"| {what} | {cold:.1f} s | MONAI Label's epistemic scorer | {found} | |"
    else:
        yield _row(what, cold, "MONAI Label's epistemic scorer", found["seconds"])


def one_round(setting: Setting) -> Iterator[str]:
    """From an accepted label to a newly gated model, and to a list ranked by it, with 20 labels."""
    with _project(setting, labelled=25) as session:
        train_model(session, "segmentation", Silent())
        label = setting.labels[25]
        began = time.perf_counter()
        accept_file(session, "segmentation", _name(label), label, Reading("bench", 1.0))
        report = retrain(session, "segmentation", Silent())
        seconds = time.perf_counter() - began
    trained, gated = len(report.version.annotations), report.version.seconds
    yield f"| from accept to a gated model, {trained} labels | {gated:.1f} s | at most | 90 s | {gated / 90:.2f} |"
    yield f"| the same, and {report.predicted} cases predicted anew | {seconds:.1f} s | | | |"


def _our_steps(recipe: Recipe, plan: Plan, setting: Setting, steps: int | None = None) -> Callable[[], float]:
    """Return what takes steps as a training does, and gives the seconds of each."""
    examples = _examples(plan, setting)
    training = Training(recipe, plan, 1, _OUTPUTS, examples, None, 0, setting.device)
    count = setting.steps if steps is None else steps
    network = training.network()
    device = probe(Trial(recipe.name, network, plan, 1, 1000), setting.device, Silent())
    stepper = Stepper(training.lesson(), network, device)
    stepper.step(1e-3)
    return lambda: _seconds(lambda: [stepper.step(1e-3) for _ in range(count)]) / count


def _monai_steps(recipe: Recipe, plan: Plan, setting: Setting) -> Callable[[], float]:
    """Return the loop of MONAI's 3D segmentation tutorial, on the same network, with augmentation of the same kinds."""
    files = [{"image": str(i), "label": str(m)} for i, m in zip(setting.images[:20], setting.labels[:20], strict=True)]
    keys = ["image", "label"]
    patch = plan.patch
    chain = Compose(
        [
            LoadImaged(keys),
            EnsureChannelFirstd(keys),
            Orientationd(keys, axcodes="RAS", labels=None),
            NormalizeIntensityd("image"),
            SpatialPadd(keys, patch),
            RandCropByPosNegLabeld(keys, "label", patch, pos=1, neg=2, num_samples=1),
            RandRotated(keys, 0.26, 0.26, 0.26, prob=0.7, mode=("bilinear", "nearest")),
            RandZoomd(keys, prob=0.7, min_zoom=0.82, max_zoom=1.22, mode=("trilinear", "nearest")),
            RandScaleIntensityd("image", 0.25, prob=1.0),
            RandShiftIntensityd("image", 0.2, prob=1.0),
            RandGaussianNoised("image", prob=1.0, std=0.15),
        ]
    )
    loader = DataLoader(CacheDataset(files, chain, progress=False), plan.batch, shuffle=True, drop_last=True)
    device = setting.device.torch
    network = recipe.build(plan, 1, _OUTPUTS).to(device).train()
    optimiser = torch.optim.Adam(network.parameters(), 1e-3)
    loss_of = DiceCELoss(to_onehot_y=True, softmax=True)

    def endless() -> Iterator[Any]:
        while True:
            yield from loader

    batches = endless()

    def step() -> None:
        batch = next(batches)
        optimiser.zero_grad()
        loss = loss_of(network(batch["image"].to(device)), batch["label"].to(device))
        loss.backward()
        optimiser.step()
        float(loss)

    step()
    return lambda: _seconds(lambda: [step() for _ in range(setting.steps)]) / setting.steps


def _nnunet_settings(plan: Plan, setting: Setting) -> dict[str, Any]:
    return {
        "cases": 10, "workers": 1, "patch": plan.patch, "batch": plan.batch, "widths": plan.widths,
        "strides": plan.strides, "kernels": plan.kernels, "threads": setting.device.threads,
        "device": setting.device.torch.type, "warm_up": 1, "steps": max(4, setting.steps // 4),
    }  # fmt: skip


def _ask_peer(
    name: str, script: str, setting: Setting, arguments: list[Path], settings: dict[str, Any]
) -> dict[str, float] | str:
    """Run a peer's script in its own environment; say in words why there is no figure."""
    python = setting.peers / name / "bin" / "python"
    if not python.exists():
        venv.create(setting.peers / name, with_pip=True)
        install = [str(python), "-m", "pip", "install", "-q", f"torch=={torch.__version__.split('+')[0]}", _PEERS[name]]
        if subprocess.run(install, check=False).returncode != 0:
            return f"{_PEERS[name]} could not be installed"
    told, answer = setting.scratch / f"{name}.json", setting.scratch / f"{name}-answer.json"
    told.write_text(json.dumps(settings | {"answer": str(answer)}), encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(_HERE.parent), str(_HERE.parent / "models")])}
    log = setting.scratch / f"{name}.log"
    with log.open("w", encoding="utf-8") as stream:
        command = [str(python), str(_HERE / "peers" / script), *map(str, arguments), str(told)]
        subprocess.run(command, env=environment, stdout=stream, stderr=stream, stdin=subprocess.DEVNULL, check=False)
    if not answer.exists():
        sys.stderr.write(log.read_text(encoding="utf-8")[-3000:])
        return "failed"
    return dict(json.loads(answer.read_text(encoding="utf-8")))


@contextmanager
def _project(setting: Setting, labelled: int, dropout: float = 0.0, passes: int = 0) -> Iterator[Any]:
    """Make a project of the pool with some labels."""
    folder = Path(tempfile.mkdtemp(dir=setting.scratch)) / "project"
    wish = TaskWish("segmentation", ("1=anterior", "2=posterior"))
    session = new_project(folder, "bench", [wish], installed_extensions())
    add_cases(session, Source(_folders(setting)[0]), Silent())
    if dropout:
        learning = replace(session.project.task_settings("segmentation").learning, dropout=dropout, members=1)
        session.project.settings_file.set_learning("segmentation", learning)
        session.project.settings_file.set_asking("segmentation", Asking(dropout_passes=passes))
    for label in setting.labels[:labelled]:
        accept_file(session, "segmentation", _name(label), label, Reading("bench", 1.0))
    try:
        yield session
    finally:
        session.close()


def _volumes(folder: Path, count: int) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Link the real volumes into a folder, or make phantoms of about their size."""
    data = Path(os.environ.get("MEDAL_DATA", "../shared/data")) / "hippocampus"
    images, labels = folder / "images", folder / "labels"
    if data.exists():
        for part, into in (("images", images), ("labels", labels)):
            into.mkdir()
            for path in sorted((data / part).glob("*.nii*"))[:count]:
                (into / path.name).symlink_to(path.resolve())
    else:
        cohort = write_phantoms(folder, count, 0, Silent(), shape=(36, 50, 36))
        images, labels = cohort.images, cohort.labels
    return tuple(sorted(images.iterdir())), tuple(sorted(labels.iterdir()))


def _folders(setting: Setting) -> tuple[Path, Path]:
    return setting.images[0].parent, setting.labels[0].parent


def _plan(recipe: Recipe, device: Device) -> Plan:
    """Plan for the hippocampus, with nnU-Net's patch."""
    shape = (36, 50, 36)
    plan = recipe.plan(Fingerprint(20, 1, (1.0, 1.0, 1.0), shape, shape, planar=False), device.memory)
    return replace(plan, patch=_PATCH, batch=2)


def _examples(plan: Plan, setting: Setting) -> list[Example]:
    found = []
    for image, label in zip(setting.images[:20], setting.labels[:20], strict=True):
        prepared = prepare(READER.read(image), plan, Target.MASK)
        z, y, x = prepared.image.shape[1:]
        found.append(Example(prepared, mask=prepare_mask(READER.read(label)[0].array.astype(np.uint8), (z, y, x))))
    return found


def _ensemble(recipe: Recipe, plan: Plan, device: Device) -> Ensemble:
    weights = recipe.build(plan, 1, _OUTPUTS).state_dict()
    return Ensemble(recipe, plan, 1, _OUTPUTS, [weights], device)


def _name(path: Path) -> str:
    return path.name.split(".")[0]


def _row(what: str, ours: float, peer: str, theirs: float) -> str:
    def told(seconds: float) -> str:
        return f"{seconds:.1f} s" if seconds >= 3 else f"{seconds * 1e3:.0f} ms"

    return f"| {what} | {told(ours)} | {peer} | {told(theirs)} | {ours / theirs:.2f} |"


def _in_turn(ours: Callable[[], float], theirs: Callable[[], float], rounds: int) -> tuple[float, float]:
    """Let both take turns, and return the shortest time of each."""
    pairs = [(ours(), theirs()) for _ in range(rounds)]
    return min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
