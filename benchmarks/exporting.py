"""Time the export of whole datasets beside packing alone in the same run; prints a Markdown table.

Packing alone is Python's gzip, level 6 as most programs pack NIfTI, on the unpacked bytes of every image and mask,
in memory, in as many threads as there are cores. Images lie in the project as the program keeps them, or with text in
their headers, so that they have to be packed anew. Run it on a quiet machine: `make bench`.
"""

import argparse
import gzip
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import nibabel
import numpy as np

from napari_medal.catalogue.cases import NewCase
from napari_medal.core.progress import Silent
from napari_medal.export.in_parallel import usable_cores
from napari_medal.io.nifti import READER, copy_without_text
from napari_medal.io.samples.phantom import write_phantoms
from napari_medal.loop.answers import Reading, accept_mask
from napari_medal.loop.creating import TaskWish, new_project
from napari_medal.loop.exporting import export
from napari_medal.loop.session import Session, installed_extensions

_FORMATS = ("nifti", "nnunet", "decathlon", "bids")
_REPEATS = 3


@dataclass(frozen=True)
class Cohort:
    """How many cases of which shape, about (z, y, x), and whether their headers hold text."""

    cases: int
    shape: tuple[int, int, int]
    has_text: bool

    def __str__(self) -> str:
        kept = "with text" if self.has_text else "without text"
        return f"{self.cases} cases of about {'x'.join(map(str, self.shape))} {kept}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100, help="Small cases; a twelfth of it are large ones.")
    cases = parser.parse_args().cases
    print("| dataset | format | napari-medal | packing alone | ratio |\n|---|---|---|---|---|")
    for count, shape in ((cases, (36, 50, 35)), (max(1, cases // 12), (128, 192, 160))):
        for has_text in (False, True):
            with tempfile.TemporaryDirectory() as scratch:
                compare(Cohort(count, shape, has_text), Path(scratch))


def compare(cohort: Cohort, folder: Path) -> None:
    """Print a row for each format; ours and packing alone take turns, and each gives its shortest time."""
    session = project(cohort, folder)
    contents = unpacked(session)
    for name in _FORMATS if not cohort.has_text else _FORMATS[:1]:
        ours, bare = [], []
        for _ in range(_REPEATS):
            ours.append(seconds(partial(export, session, folder / "out", name, Silent())))
            bare.append(seconds(partial(pack, contents)))
            shutil.rmtree(folder / "out")
        print(
            f"| {cohort} | {name} | {min(ours):.2f} s | {min(bare):.2f} s | {min(ours) / min(bare):.2f} |", flush=True
        )
    session.close()


def project(cohort: Cohort, folder: Path) -> Session:
    """Make a project with every case labelled."""
    phantoms = write_phantoms(folder / "phantoms", min(cohort.cases, 4), 0, Silent(), cohort.shape)
    wish = TaskWish("segmentation", ("1=anterior", "2=posterior"))
    session = new_project(folder / "project", "bench", [wish], installed_extensions())
    sources = sorted(phantoms.images.iterdir())
    for number in range(cohort.cases):
        name, source = f"case_{number:03d}", sources[number % len(sources)]
        image = session.project.layout.images(name) / f"{name}.nii.gz"
        copy_without_text(source, image)
        if cohort.has_text:
            told = nibabel.load(source)
            told.header["descrip"] = b"made for a benchmark"
            told.to_filename(image)
        session.project.cases.add([NewCase(name, name, (image,), ("0" * 64,))])
        mask = READER.read(phantoms.labels / source.name)[0].array.astype(np.uint8)
        accept_mask(session, "segmentation", name, mask, Reading("ann", 60.0))
    return session


def unpacked(session: Session) -> list[bytes]:
    """Return the unpacked bytes of every image and mask."""
    masks = [entry.mask for entry in session.project.annotations.current("segmentation").values() if entry.mask]
    paths = [*(case.images[0] for case in session.project.cases.all()), *masks]
    return [gzip.decompress(path.read_bytes()) for path in paths]


def pack(contents: list[bytes]) -> None:
    with ThreadPoolExecutor(usable_cores()) as pool:
        for _ in pool.map(partial(gzip.compress, compresslevel=6), contents):
            pass


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
