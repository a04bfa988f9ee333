"""Time reading and writing of files beside nibabel in the same run, and print ratios as a Markdown table.

Run it on a quiet machine: `make bench`. Times are the best of several repeats, because other work only ever adds.
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np

from napari_medal.core.case import Case, CaseState, Split
from napari_medal.core.progress import Silent
from napari_medal.engine.scratch import Scratch
from napari_medal.io.installed import installed_files
from napari_medal.io.nifti import READER, write_mask
from napari_medal.io.samples.phantom import write_phantoms
from napari_medal.loop.case_images import ReadAhead

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
    print("| what | napari-medal | peer | time | ratio |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        cohort = write_phantoms(Path(folder), 1, 0, Silent(), shape=(128, 160, 160))
        image = next(cohort.images.iterdir())
        for row in (reading(image), writing(image, Path(folder)), *reopening(image, Path(folder))):
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


def reopening(image: Path, folder: Path) -> tuple[Row, Row]:
    """Take a case that was read before, from its files and from the project's cache; then touch every voxel of it."""
    case = Case("case", "subject", Split.UNDRAWN, CaseState.NEW, (image,))
    files, kept = installed_files(), folder / "cache"
    cached, uncached = ReadAhead(files, Scratch(kept)), ReadAhead(files, Scratch(folder / "none", budget_bytes=1))
    cached.take(case)
    while not list(kept.glob("[!.]*.npz")):  # it is written in the background
        time.sleep(0.1)

    def taken(ahead: ReadAhead) -> Callable[[], object]:
        return lambda: ahead.take(case)

    def touched(ahead: ReadAhead) -> Callable[[], object]:
        return lambda: ahead.take(case).volumes[0].array.max()

    mapped = Row("reopen a case", best(taken(cached)), "from its files", best(taken(uncached)))
    read = Row("the same, every voxel read", best(touched(cached)), "from its files", best(touched(uncached)))
    cached.close()
    uncached.close()
    return mapped, read


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
