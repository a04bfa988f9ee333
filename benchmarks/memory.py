"""Train on many large CTs, and see that memory does not grow with their number.

    python benchmarks/memory.py                  4, 8 and 16 cases
    python benchmarks/memory.py --cases 100      takes some 40 GB of disk

Each case is a CT of 512 x 512 x 500 voxels; the files are hard links of two, but each case is read, prepared, kept and
drawn from by itself. The real use-case runs, in a process of its own whose data segment is limited to 16 GiB: the
fingerprint, the default recipe's plan, gathering and some steps. The figure is the most anonymous memory (RssAnon):
pages of mapped files are not in it, because the system takes them back when it needs them.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from napari_medal.catalogue.cases import NewCase
from napari_medal.catalogue.project import create_project
from napari_medal.catalogue.settings import (
    ProjectSettings,
    SplitSettings,
    TaskSettings,
    TrainingSettings,
    label_settings,
)
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.plan_changes import PlanChanges
from napari_medal.core.progress import Silent
from napari_medal.loop.answers import Reading, accept_mask
from napari_medal.loop.session import Session, installed_extensions, session_on
from napari_medal.loop.training import train_model

_SHAPE = (500, 512, 512)
_GIBIBYTE = 1024**3
_LIMIT_BYTES = 16 * _GIBIBYTE
_MEMORY_GB = 4.0
_SCHEME = LabelScheme((LabelClass(1, "liver", "#e6550d"), LabelClass(2, "lesion", "#3182bd")))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, nargs="+", default=[4, 8, 16])
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--folder", type=Path, help="Where to work; a temporary folder by default.")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        _measure(options.folder, options.cases[0], options.steps)
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        _write_volumes(Path(folder))
        for cases in options.cases:
            command = [sys.executable, __file__, "--alone", "--folder", folder]
            subprocess.run([*command, "--cases", str(cases), "--steps", str(options.steps)], check=True)


def _write_volumes(folder: Path) -> None:
    """Write two bodies in air, and a mask of an organ with a lesion, as plain NIfTI."""
    import nibabel

    affine = np.diag([0.8, 0.8, 1.25, 1.0])
    for number in range(2):
        random = np.random.default_rng(number)
        noise = random.normal(0, 25, 2**20).astype(np.int16)
        array = np.resize(noise, _SHAPE) - np.int16(1000)
        array[20:480, 80:440, 60:460] += 1040
        array[200:350, 120:300, 80:260] += 60
        nibabel.Nifti1Image(array.transpose(), affine).to_filename(folder / f"ct_{number}.nii")


def _mask(number: int) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    mask = np.zeros(_SHAPE, dtype=np.uint8)
    mask[200:350, 120:300, 80:260] = 1
    at = 150 + number % 100
    mask[220:230, at : at + 12, 100:112] = 2
    return mask


def _measure(folder: Path, cases: int, steps: int) -> None:
    """Train on some cases in this process, and print what it took."""
    resource.setrlimit(resource.RLIMIT_DATA, (_LIMIT_BYTES, _LIMIT_BYTES))
    root = folder / f"project_{cases}"
    task = TaskSettings(
        labels=label_settings(_SCHEME),
        recipe="unet",
        strategy="staged",
        measure="pairwise-dice",
        plan=PlanChanges(cold_steps=steps, members=1),
    )
    training = TrainingSettings(device="cpu", memory_gb=_MEMORY_GB, cache_gb=max(10.0, 0.45 * cases))
    settings = ProjectSettings(
        name="memory", tasks={"segmentation": task}, splits=SplitSettings(validation=0.0), training=training
    )
    session = session_on(create_project(root, settings), installed_extensions())
    began = time.perf_counter()
    for number in range(cases):
        name = f"ct_{number:03d}"
        image = session.project.layout.images(name) / f"{name}.nii"
        image.parent.mkdir(parents=True)
        os.link(folder / f"ct_{number % 2}.nii", image)
        session.project.cases.add([NewCase(name, name, (image,), ("",))])
        accept_mask(session, "segmentation", name, _mask(number), Reading("benchmark"))
    print(f"{cases} cases: written in {time.perf_counter() - began:.0f} s", flush=True)
    try:
        _train(session, cases)
    finally:
        session.close()
        shutil.rmtree(root)


def _train(session: Session, cases: int) -> None:
    watch = _Watch()
    with watch:
        began = time.perf_counter()
        report = train_model(session, "segmentation", watch)
        seconds = time.perf_counter() - began
    on_disk = sum(path.stat().st_size for path in session.project.layout.cache.iterdir())
    plan = report.version.plan
    print(
        f"{cases} cases: patch {plan.patch}, batch {plan.batch}, {plan.cold_steps} steps, {seconds:.0f} s in all; most "
        f"anonymous memory {watch.in_words()}; cache on disk {on_disk / _GIBIBYTE:.1f} GiB",
        flush=True,
    )


class _Watch(Silent):
    """Progress that looks at this process's memory a hundred times a second."""

    def __init__(self) -> None:
        self._text = "planning"
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._peaks: dict[str, int] = {}

    def step(self, done: int, total: int, text: str) -> None:  # noqa: ARG002 - how far it is does not matter
        self._text = text.partition(" (")[0].lower()

    def in_words(self) -> str:
        return ", ".join(f"{peak / _GIBIBYTE:.2f} GiB while {text}" for text, peak in self._peaks.items())

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(0.01):
            status = Path("/proc/self/status").read_text()
            kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("RssAnon"))
            self._peaks[self._text] = max(self._peaks.get(self._text, 0), int(kilobytes) * 1024)


if __name__ == "__main__":
    main()
