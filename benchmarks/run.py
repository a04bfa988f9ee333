"""Time the hot paths beside a peer in the same run, and print ratios as a Markdown table.

Run it on a quiet machine: `make bench`. Times are the best of several repeats, because other work only ever adds.
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np
import torch
from monai.inferers.inferer import SlidingWindowInferer
from monai.inferers.utils import sliding_window_inference
from monai.networks.nets.basic_unet import BasicUNet

from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.plan import Fingerprint
from napari_medal.core.progress import Silent
from napari_medal.core.target import Target
from napari_medal.core.volume import Volume
from napari_medal.engine.device import Device, choose_device
from napari_medal.engine.ensemble import Ensemble
from napari_medal.engine.prepare import Prepared, prepare
from napari_medal.io.nifti import READER, write_mask
from napari_medal.io.samples.phantom import write_phantoms
from napari_medal.loop.session import installed_extensions

_REPEATS = 5


@dataclass(frozen=True)
class Row:
    """One comparison: seconds of ours and of the peer."""

    what: str
    ours: float
    peer_name: str
    peer: float

    def __str__(self) -> str:
        return (
            f"| {self.what} | {self.ours * 1e3:.1f} ms | {self.peer_name} | {self.peer * 1e3:.1f} ms "
            f"| {self.ours / self.peer:.2f} |"
        )


def main() -> None:
    device = choose_device()
    device.claim_threads()
    print(f"Device: {device.title}, {'bfloat16' if device.half else 'float32'}\n")
    print("| what | napari-medal | peer | time | ratio |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        cohort = write_phantoms(Path(folder), 1, 0, Silent(), shape=(128, 160, 160))
        image = next(cohort.images.iterdir())
        for row in (
            reading(image),
            writing(image, Path(folder)),
            predicting(image, device),
            predicting_large(device),
            training_step(device),
        ):
            print(row, flush=True)


def reading(image: Path) -> Row:
    """Read an image into the canonical frame."""

    def peer() -> None:
        np.ascontiguousarray(nibabel.as_closest_canonical(nibabel.load(image)).dataobj)

    return Row("read a volume into the canonical frame", best(lambda: READER.read(image)), "nibabel", best(peer))


def writing(image: Path, folder: Path) -> Row:
    """Write a mask on its image's grid."""
    volume = READER.read(image)[0]
    mask = (volume.array > np.percentile(volume.array, 90)).astype(np.uint8)
    source = nibabel.load(image)
    array = np.zeros(source.shape, dtype=np.uint8)

    def peer() -> None:
        nibabel.Nifti1Image(array, source.affine).to_filename(folder / "peer.nii.gz")

    ours = best(lambda: write_mask(folder / "ours.nii.gz", mask, image, volume.grid))
    array[...] = np.asarray(source.dataobj) > np.percentile(volume.array, 90)
    return Row("write a mask, durably", ours, "nibabel, not flushed", best(peer))


def predicting(image: Path, device: Device) -> Row:
    """Predict a whole volume with one member."""
    volume = READER.read(image)[0]
    ensemble, prepared = _ensemble(volume, device)
    network = ensemble._networks[0]  # the very same network, so that only the way of asking differs
    tensor = torch.from_numpy(prepared.image)[None].to(device.torch)

    def peer() -> None:
        with torch.inference_mode(), device.autocast():
            sliding_window_inference(tensor, ensemble.plan.patch, 1, network, overlap=0.25, mode="gaussian")

    return Row("predict 128x160x160", best(lambda: ensemble.samples(prepared)), "MONAI sliding window", best(peer))


def predicting_large(device: Device) -> Row:
    """Predict a volume too large for one pass on most machines, with one member."""
    shape = (256, 256, 256)
    volume = Volume(np.random.default_rng(0).normal(size=shape).astype(np.float32), Grid(shape, _millimetres()))
    ensemble, prepared = _ensemble(volume, device)
    network = ensemble._networks[0]
    tensor = torch.from_numpy(prepared.image)[None].to(device.torch)
    inferer = SlidingWindowInferer(ensemble.plan.patch, sw_batch_size=1, overlap=0.25, mode="gaussian")

    def peer() -> None:
        with torch.inference_mode(), device.autocast():
            inferer(tensor, network)

    ours = best(lambda: ensemble.samples(prepared), repeats=2)
    return Row("predict 256x256x256", ours, "MONAI SlidingWindowInferer", best(peer, repeats=2))


def _millimetres() -> np.ndarray:
    affine = np.zeros((4, 4))
    affine[2, 0] = affine[1, 1] = affine[0, 2] = affine[3, 3] = 1.0
    return affine


def training_step(device: Device) -> Row:
    """Take one optimiser step on a batch of two hippocampus-sized patches."""
    recipe = installed_extensions().recipes.get("unet")
    shape = (36, 50, 36)
    plan = recipe.plan(Fingerprint(8, 1, (1.0, 1.0, 1.0), shape, shape, planar=False), device.memory)
    ours = recipe.build(plan, 1, 3)
    peer = BasicUNet(spatial_dims=3, in_channels=1, out_channels=3, features=(16, 16, 32, 64, 128, 16))
    patch = tuple(-(-n // 16) * 16 for n in plan.patch)
    return Row(
        "training step, default network",
        best(_step(ours, (2, 1, *plan.patch), device)),
        "MONAI BasicUNet of equal width",
        best(_step(peer, (2, 1, *patch), device)),
    )


def _step(network: torch.nn.Module, shape: tuple[int, ...], device: Device) -> Callable[[], None]:
    network.to(device.torch).train()
    optimiser = torch.optim.AdamW(network.parameters(), fused=True)
    images = torch.randn(shape, device=device.torch)

    def step() -> None:
        with device.autocast():
            loss = network(images).float().square().mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()

    return step


def _ensemble(volume: Volume, device: Device) -> tuple[Ensemble, Prepared]:
    recipe = installed_extensions().recipes.get("unet")
    scheme = LabelScheme((LabelClass(1, "anterior", "#ffffff"), LabelClass(2, "posterior", "#000000")))
    shape = volume.grid.shape
    plan = recipe.plan(Fingerprint(1, 1, volume.grid.spacing_mm, shape, shape, planar=False), device.memory)
    weights = recipe.build(plan, 1, len(scheme) + 1).state_dict()
    return Ensemble(recipe, plan, 1, len(scheme) + 1, [weights], device), prepare([volume], plan, Target.MASK)


def best(work: Callable[[], object], repeats: int = _REPEATS) -> float:
    """Return the shortest of several runs, in seconds."""
    work()
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


if __name__ == "__main__":
    main()
