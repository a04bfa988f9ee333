"""Time the export of whole datasets beside packing the same bytes on all cores in the same run; prints a Markdown table.

The bare loop does nothing but unpack and pack again every image and mask with Python's gzip, level 6 as NIfTI files are
packed here, in as many threads as there are cores. Run it on a quiet machine: `make bench`.
"""

import argparse
import gzip
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

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
_REPEATS = 2


@dataclass(frozen=True)
class Cohort:
    """How many cases of which shape, about (z, y, x)."""

    cases: int
    shape: tuple[int, int, int]

    def __str__(self) -> str:
        return f"{self.cases} cases of about {'x'.join(map(str, self.shape))}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100, help="Small cases; a twelfth of it are large ones.")
    cases = parser.parse_args().cases
    print("| dataset | format | napari-medal | packing alone | ratio |\n|---|---|---|---|---|")
    for cohort in (Cohort(cases, (36, 50, 35)), Cohort(max(1, cases // 12), (128, 192, 160))):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            session = project(cohort, folder)
            for name in _FORMATS:
                ours = best(lambda name=name: export(session, folder / "out", name, Silent()), folder / "out")
                bare = best(lambda: pack_again(session, folder / "bare"), folder / "bare")
                print(f"| {cohort} | {name} | {ours:.2f} s | {bare:.2f} s | {ours / bare:.2f} |", flush=True)
            session.close()


def project(cohort: Cohort, folder: Path) -> Session:
    """Make a project whose images are kept as the program keeps them: packed, without text."""
    phantoms = write_phantoms(folder / "phantoms", min(cohort.cases, 4), 0, Silent(), cohort.shape)
    wish = TaskWish("segmentation", ("1=anterior", "2=posterior"))
    session = new_project(folder / "project", "bench", [wish], installed_extensions())
    sources = sorted(phantoms.images.iterdir())
    for number in range(cohort.cases):
        name, source = f"case_{number:03d}", sources[number % len(sources)]
        image = session.project.layout.images(name) / f"{name}.nii.gz"
        copy_without_text(source, image)
        session.project.cases.add([NewCase(name, name, (image,), ("0" * 64,))])
        mask = READER.read(phantoms.labels / source.name)[0].array.astype(np.uint8)
        accept_mask(session, "segmentation", name, mask, Reading("ann", 60.0))
    return session


def pack_again(session: Session, folder: Path) -> None:
    """Unpack and pack every image and mask, and nothing else."""
    folder.mkdir()
    masks = [entry.mask for entry in session.project.annotations.current("segmentation").values() if entry.mask]
    files = [*(case.images[0] for case in session.project.cases.all()), *masks]

    def pack(place: int, path: Path) -> None:
        with gzip.open(folder / f"{place}.nii.gz", "wb", compresslevel=6) as packed:
            packed.write(gzip.decompress(path.read_bytes()))

    with ThreadPoolExecutor(usable_cores()) as pool:
        list(pool.map(pack, range(len(files)), files))


def best(work: Callable[[], object], made: Path) -> float:
    """Return the shortest of several runs, in seconds; what each has made is removed."""
    times = []
    for _ in range(_REPEATS):
        shutil.rmtree(made, ignore_errors=True)
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    shutil.rmtree(made, ignore_errors=True)
    return min(times)


if __name__ == "__main__":
    main()
