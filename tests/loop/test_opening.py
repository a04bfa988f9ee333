from pathlib import Path

import numpy as np
import pytest

from napari_medal.core.case import CaseState
from napari_medal.core.progress import Silent
from napari_medal.errors import FormatError, ProjectError
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import Reading, accept_class, accept_mask, skip
from napari_medal.loop.opening import Origin, begin_case, open_case
from napari_medal.loop.prediction import predict
from napari_medal.loop.session import Session
from napari_medal.loop.training import train_model
from tests.loop.conftest import READING, damage, draw, empty_mask, label
from tests.small import small_session

TASK = "segmentation"
CASE = "case_005"


def test_an_untouched_case_opens_empty(session: Session) -> None:
    opened = open_case(session, TASK, CASE)
    assert opened.origin is Origin.EMPTY
    assert opened.mask is not None
    assert opened.mask.shape == opened.volumes[0].grid.shape
    assert opened.mask.dtype == np.uint8
    assert not opened.mask.any()
    assert (opened.prediction, opened.uncertainty, opened.score, opened.started_from) == (None, None, None, None)
    (low, high), array = opened.windows[0], opened.volumes[0].array
    assert array.min() <= low < high <= array.max()


def test_the_draft_wins_over_the_annotation_and_that_over_the_prediction(
    session: Session, cohort: PhantomCohort
) -> None:
    label(session, cohort, 0, 1)
    train_model(session, TASK, Silent())
    predict(session, TASK, Silent())
    predicted = open_case(session, TASK, CASE)
    assert predicted.origin is Origin.PREDICTION
    assert predicted.started_from == 1
    assert predicted.mask is not None
    assert predicted.prediction is not None
    assert np.array_equal(predicted.mask, predicted.prediction)
    assert not np.shares_memory(predicted.mask, predicted.prediction)
    assert predicted.score is not None
    assert predicted.score.reason
    assert predicted.overview
    assert predicted.uncertainty is not None
    assert predicted.probabilities is not None
    assert predicted.uncertainty.shape == predicted.mask.shape

    drawn = empty_mask(session, CASE)
    drawn[2:4] = 1
    accept_mask(session, TASK, CASE, drawn, Reading("ann", 20.0, started_from=1))
    annotated = open_case(session, TASK, CASE)
    assert annotated.origin is Origin.ANNOTATION
    assert annotated.mask is not None
    assert np.array_equal(annotated.mask, drawn)
    assert (annotated.started_from, annotated.seconds_spent) == (1, 20.0)

    draw(annotated, lambda mask: mask.__setitem__(5, 2), 33.0)
    drawn[5] = 2
    begun = open_case(session, TASK, CASE)
    assert (begun.origin, begun.seconds_spent, begun.started_from) == (Origin.DRAFT, 33.0, 1)
    assert begun.mask is not None
    assert np.array_equal(begun.mask, drawn)
    assert begun.prediction is not None
    assert session.project.cases.get(CASE).state is CaseState.ACCEPTED


@pytest.mark.parametrize("skipped", [True, False])
def test_a_stroke_puts_a_case_in_progress(session: Session, skipped: bool) -> None:
    if skipped:
        skip(session, CASE)
    begin_case(session, CASE)
    assert session.project.cases.get(CASE).state is CaseState.IN_PROGRESS


def test_what_cannot_be_opened_is_said(session: Session) -> None:
    session.project.cases.set_broken("case_001", "torn")
    with pytest.raises(ProjectError, match="'case_001' is broken and cannot be opened: torn"):
        open_case(session, TASK, "case_001")
    damage(session.project.cases.get(CASE).images[0])
    with pytest.raises(FormatError, match="cut-off"):
        open_case(session, TASK, CASE)


def test_a_class_starts_from_what_is_known(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = small_session(tmp_path / "project", "classification")
    add_cases(session, Source(cohort.images), Silent())
    opened = open_case(session, "classification", CASE)
    assert (opened.origin, opened.mask, opened.class_value) == (Origin.EMPTY, None, None)
    for number, value in ((0, 1), (4, 0)):
        accept_class(session, "classification", f"case_{number:03d}", value, READING)
    train_model(session, "classification", Silent())
    predict(session, "classification", Silent())
    opened = open_case(session, "classification", CASE)
    assert opened.origin is Origin.PREDICTION
    assert opened.class_value in (0, 1)
    assert opened.probabilities is not None
    assert opened.probabilities.shape == (2,)
    assert opened.probabilities[...].argmax() == opened.class_value
    accept_class(session, "classification", CASE, 1, READING)
    opened = open_case(session, "classification", CASE)
    assert (opened.origin, opened.class_value) == (Origin.ANNOTATION, 1)
    session.close()
