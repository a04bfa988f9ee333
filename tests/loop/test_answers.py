from pathlib import Path

import numpy as np
import pytest

from napari_medal.catalogue.predictions import NewPrediction
from napari_medal.core.case import CaseState
from napari_medal.core.progress import Silent
from napari_medal.core.score import CaseScore
from napari_medal.errors import FormatError, GeometryError, ProjectError, SettingsError, UnknownCaseError
from napari_medal.io.nifti import write_mask
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import Reading, accept_class, accept_file, accept_mask, reopen, skip
from napari_medal.loop.session import Session
from tests.loop.conftest import READING, damage, empty_mask
from tests.small import small_session

CASE = "case_000"
TASK = "segmentation"


def _state(session: Session, name: str = CASE) -> CaseState:
    return session.project.cases.get(name).state


def _predict(session: Session, mask: np.ndarray) -> None:
    """Let "model 5" predict a mask."""
    case = session.project.cases.get(CASE)
    path = session.project.layout.prediction_mask(CASE, TASK, 5)
    write_mask(path, mask, case.images[0], session.files.read_case(case.images)[0].grid)
    score = CaseScore(0.5, (0.5, 0.5), (), "why")
    session.project.predictions.replace(TASK, 5, [NewPrediction(CASE, score, "", mask=path)])


def test_an_accepted_mask_is_kept_with_its_provenance(session: Session) -> None:
    mask = empty_mask(session, CASE)
    mask[3:6, 4:8, 5:9] = 2
    annotation = accept_mask(session, TASK, CASE, mask, Reading("ann", 12.5))
    assert (annotation.revision, annotation.reader, annotation.seconds_spent) == (1, "ann", 12.5)
    assert (annotation.started_from, annotation.voxels_changed) == (None, None)
    assert annotation.mask is not None
    grid = session.files.read_case(session.project.cases.get(CASE).images)[0].grid
    assert (session.files.read_mask(annotation.mask, grid, session.scheme(TASK)) == mask).all()
    assert _state(session) is CaseState.ACCEPTED
    assert accept_mask(session, TASK, CASE, mask, READING).revision == 2


def test_the_voxels_that_a_reader_changed_are_counted(session: Session) -> None:
    predicted = empty_mask(session, CASE)
    predicted[2:5, 2:5, 2:5] = 1
    _predict(session, predicted)
    mask = predicted.copy()
    mask[2, 2, 2:5] = 2
    mask[9, 9, 9] = 1
    assert accept_mask(session, TASK, CASE, mask, Reading("ann", started_from=5)).voxels_changed == 4
    assert accept_mask(session, TASK, CASE, predicted, Reading("ann", started_from=5)).voxels_changed == 0
    assert accept_mask(session, TASK, CASE, mask, Reading("ann", started_from=4)).voxels_changed is None


@pytest.mark.parametrize("value", [3, 255])
def test_values_that_are_no_labels_are_refused(session: Session, value: int) -> None:
    mask = empty_mask(session, CASE)
    mask[1, 2, 3] = value
    with pytest.raises(GeometryError, match=f"found the label values {value}"):
        accept_mask(session, TASK, CASE, mask, READING)
    assert session.project.annotations.current(TASK) == {}
    assert _state(session) is CaseState.NEW


def test_a_mask_of_another_shape_is_refused(session: Session) -> None:
    mask = empty_mask(session, CASE)
    for wrong in (mask[:-1], mask.swapaxes(0, 1), mask[None]):
        with pytest.raises(GeometryError, match="has shape"):
            accept_mask(session, TASK, CASE, wrong, READING)
    assert session.project.annotations.current(TASK) == {}
    assert not (session.project.folder / "annotations").exists()


def test_a_broken_case_cannot_be_answered_skipped_or_reopened(session: Session) -> None:
    mask = empty_mask(session, CASE)
    session.project.cases.set_broken(CASE, "torn in two")
    for act in (
        lambda: accept_mask(session, TASK, CASE, mask, READING),
        lambda: accept_file(session, TASK, CASE, Path("anything"), READING),
        lambda: skip(session, CASE),
        lambda: reopen(session, CASE),
    ):
        with pytest.raises(ProjectError, match="torn in two"):
            act()
    assert _state(session) is CaseState.BROKEN


def test_an_unknown_case_or_task_is_refused(session: Session) -> None:
    with pytest.raises(UnknownCaseError):
        accept_mask(session, TASK, "nobody", np.zeros((1, 1, 1), np.uint8), READING)
    with pytest.raises(SettingsError, match="has no task 'grading'"):
        accept_mask(session, "grading", CASE, np.zeros((1, 1, 1), np.uint8), READING)
    with pytest.raises(SettingsError, match="asks for a mask, not a class"):
        accept_class(session, TASK, CASE, 1, READING)


def test_an_answer_that_fails_leaves_nothing_behind(session: Session) -> None:
    mask = empty_mask(session, CASE)
    annotations = session.project.folder / "annotations"
    annotations.write_text("a file where a folder should be")  # the mask cannot be written
    with pytest.raises(OSError, match="annotations"):
        accept_mask(session, TASK, CASE, mask, READING)
    assert _state(session) is CaseState.NEW
    annotations.unlink()
    accept_mask(session, TASK, CASE, mask, READING)
    assert _state(session) is CaseState.ACCEPTED


def test_a_mask_is_taken_from_a_file(session: Session, cohort: PhantomCohort, tmp_path: Path) -> None:
    accept_file(session, TASK, CASE, cohort.labels / f"{CASE}.nii.gz", READING)
    assert _state(session) is CaseState.ACCEPTED
    with pytest.raises(GeometryError, match="does not lie on its image's grid"):
        accept_file(session, TASK, "case_001", cohort.labels / "case_002.nii.gz", READING)
    torn = tmp_path / "torn.nii.gz"
    torn.write_bytes((cohort.labels / "case_001.nii.gz").read_bytes())
    damage(torn)
    with pytest.raises(FormatError, match="cut-off"):
        accept_file(session, TASK, "case_001", torn, READING)
    assert _state(session, "case_001") is CaseState.NEW


def test_skipping_and_reopening(session: Session, cohort: PhantomCohort) -> None:
    skip(session, CASE)
    assert _state(session) is CaseState.SKIPPED
    reopen(session, CASE)
    assert _state(session) is CaseState.IN_PROGRESS
    annotation = accept_file(session, TASK, CASE, cohort.labels / f"{CASE}.nii.gz", READING)
    reopen(session, CASE)
    assert session.project.annotations.current(TASK) == {CASE: annotation}


def test_a_case_is_accepted_once_every_task_is_answered(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = small_session(tmp_path / "project", TASK, "classification")
    add_cases(session, Source(cohort.images), Silent())
    accept_class(session, "classification", CASE, 1, READING)
    assert _state(session) is CaseState.IN_PROGRESS
    accept_file(session, TASK, CASE, cohort.labels / f"{CASE}.nii.gz", READING)
    assert _state(session) is CaseState.ACCEPTED
    with pytest.raises(SettingsError, match="asks for a class, not a mask"):
        accept_mask(session, "classification", CASE, empty_mask(session, CASE), READING)
    with pytest.raises(SettingsError, match="Found the label value 2"):
        accept_class(session, "classification", CASE, 2, READING)
    accept_file(session, TASK, "case_001", cohort.labels / "case_001.nii.gz", READING)
    assert _state(session, "case_001") is CaseState.IN_PROGRESS
    session.close()
