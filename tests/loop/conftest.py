from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from napari_medal.catalogue.settings import TaskSettings
from napari_medal.core.progress import Silent
from napari_medal.core.stroke import Stroke
from napari_medal.core.verification import Verification
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import Reading, accept_file
from napari_medal.loop.opening import OpenedCase
from napari_medal.loop.session import Session
from napari_medal.types import LabelArray
from tests.small import small_session

READING = Reading("ann", 30.0)


@pytest.fixture
def session(tmp_path: Path, cohort: PhantomCohort) -> Iterator[Session]:
    """A project of nine phantoms to segment, none labelled."""
    session = small_session(tmp_path / "project", spare_cores=1)
    add_cases(session, Source(cohort.images), Silent())
    yield session
    session.close()


@pytest.fixture
def training_only(tmp_path: Path, cohort: PhantomCohort) -> Iterator[Session]:
    """The same without a validation set: every new model goes live."""
    session = small_session(tmp_path / "training-only", validation=0.0)
    add_cases(session, Source(cohort.images), Silent())
    yield session
    session.close()


def label(session: Session, cohort: PhantomCohort, *numbers: int) -> None:
    """Accept the true masks of some phantoms."""
    for number in numbers:
        name = f"case_{number:03d}"
        accept_file(session, "segmentation", name, cohort.labels / f"{name}.nii.gz", READING)


def with_second_reader(settings: TaskSettings) -> TaskSettings:
    """Let another reader verify what one accepts."""
    return settings.model_copy(update={"verification": Verification.SECOND_READER})


def damage(path: Path) -> None:
    """Cut a file off."""
    path.write_bytes(path.read_bytes()[:-40])


def shape_of(session: Session, name: str) -> tuple[int, ...]:
    """Return the canonical shape of a case."""
    return session.files.read_case(session.project.cases.get(name).images)[0].array.shape


def empty_mask(session: Session, name: str) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    return np.zeros(shape_of(session, name), dtype=np.uint8)


def draw(opened: OpenedCase, change: Callable[[LabelArray], None], seconds: float = 1.0) -> None:
    """Change the mask of an opened case in place, and its journal on the disk, as a stroke does."""
    assert opened.mask is not None
    assert opened.journal is not None
    before = opened.mask.copy()
    change(opened.mask)
    shape = opened.mask.shape
    box = tuple(slice(0, size) for size in shape)
    opened.journal.note_stroke(lambda: Stroke.between(before, opened.mask, box, shape, "Brush"), seconds)
    opened.journal.write()
