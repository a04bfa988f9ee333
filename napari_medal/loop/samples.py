"""Sample volumes by name."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from napari_medal.core.labels import LabelScheme
from napari_medal.core.progress import Progress
from napari_medal.core.target import Target
from napari_medal.io.samples.phantom import PARTS, write_phantoms
from napari_medal.io.samples.public import fetch
from napari_medal.loop.adding import AddReport, Source
from napari_medal.loop.creating import PLAIN_TASKS, TaskWish
from napari_medal.loop.making import ProjectWish, make_project
from napari_medal.loop.session import Extensions

PHANTOM = "phantom"

_CASES = 16
_LABELLED = 5


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


def make_sample_project(folder: Path, extensions: Extensions, progress: Progress) -> AddReport:
    """Make a project of phantoms to try the program with; the first few are labelled.

    Raises:
        ProjectError: The folder is not empty.
        JobCancelled: The person cancelled.
    """
    with TemporaryDirectory() as scratch:
        made = write_phantoms(Path(scratch), _CASES, 0, progress)
        for mask in sorted(made.labels.iterdir())[_LABELLED:]:
            mask.unlink()
        wish = TaskWish(PLAIN_TASKS[Target.MASK], tuple(f"{label.value}={label.name}" for label in PARTS.classes))
        source = Source(made.images, made.labels)
        return make_project(ProjectWish(folder, "Phantoms", (wish,), source), extensions, progress)
