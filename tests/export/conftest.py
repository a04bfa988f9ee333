from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Split
from napari_medal.core.dataset import Dataset
from napari_medal.core.progress import Silent
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import Reading, accept_class, accept_file, accept_mask
from napari_medal.loop.curating import curated_dataset
from napari_medal.loop.session import Session
from tests.small import small_session

PARTLY = ((3, 9),)
SPLITS = (Split.TRAINING, Split.TRAINING, Split.VALIDATION, Split.TEST)


@pytest.fixture
def curated(tmp_path: Path, cohort: PhantomCohort) -> Iterator[Session]:
    """Five labelled phantoms, with classes: two for training, one for validation, one for testing, one undrawn."""
    session = small_session(tmp_path / "project", "segmentation", "classification")
    add_cases(session, Source(cohort.images), Silent())
    for number in range(5):
        name = f"case_{number:03d}"
        accept_file(session, "segmentation", name, cohort.labels / f"{name}.nii.gz", Reading("ann", 60.0))
        accept_class(session, "classification", name, number % 2, Reading("ann", 3.0))
    for number, split in enumerate(SPLITS):
        session.project.cases.draw([f"case_{number:03d}"], split)
    yield session
    session.close()


def confirm_part(session: Session, name: str) -> None:
    """Accept a mask of which only slices 4 to 10 are right."""
    grid = session.files.read_case(session.project.cases.get(name).images)[0].grid
    mask = np.zeros(grid.shape, dtype=np.uint8)
    mask[3:10, 4:9, 5:12] = 2
    accept_mask(session, "segmentation", name, mask, Reading("ann", confirmed=PARTLY))


def with_prediction(session: Session, name: str) -> Dataset:
    """Return the dataset as if a model, and no reader, had drawn the mask of one case."""
    dataset = curated_dataset(session)

    def said(annotation: Annotation) -> Annotation:
        return replace(annotation, accepted=False, reader="model v3", revision=0)

    cases = tuple(
        replace(case, annotations={}, predicted={task: said(found) for task, found in case.annotations.items()})
        if case.case.name == name
        else case
        for case in dataset.cases
    )
    return replace(dataset, cases=cases)
