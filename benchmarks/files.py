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

from napari_medal.core.progress import Silent
from napari_medal.io.nifti import READER, write_mask
from napari_medal.io.samples.phantom import write_phantoms

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
        for row in (reading(image), writing(image, Path(folder))):
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
