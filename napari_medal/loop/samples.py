"""Sample volumes by name."""

from dataclasses import dataclass
from pathlib import Path

from napari_medal.core.labels import LabelScheme
from napari_medal.core.progress import Progress
from napari_medal.io.samples.phantom import PARTS, write_phantoms
from napari_medal.io.samples.public import fetch

PHANTOM = "phantom"


@dataclass(frozen=True)
class Sample:
    """Volumes with labels on this computer, and the terms they may be used under."""

    images: Path
    labels: Path
    scheme: LabelScheme
    terms: str


def get_sample(name: str, folder: Path, cases: int, seed: int, progress: Progress) -> Sample:
    """Make phantoms, or fetch a public set, below `folder`.

    Raises:
        DownloadError: There is no such set, or it cannot be fetched.
    """
    if name == PHANTOM:
        made = write_phantoms(folder / PHANTOM, cases, seed, progress)
        return Sample(made.images, made.labels, PARTS, "made in code; yours to use")
    found = fetch(name, folder, progress)
    return Sample(found.images, found.labels, found.scheme, f"{found.licence}; cite {found.citation}")
