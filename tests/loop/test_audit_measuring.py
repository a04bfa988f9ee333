from pathlib import Path

import numpy as np
import pytest

from napari_medal.catalogue.predictions import Maps, NewPrediction
from napari_medal.core.audit import Audit
from napari_medal.core.progress import Silent
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.score import CaseScore
from napari_medal.core.shares import Shares
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import Reading, accept_class, accept_mask, accept_value
from napari_medal.loop.session import Session
from napari_medal.metrics.overlap import dice_per_label
from tests.loop.auditing import PLAN, TASK, go_live, predict_all, truth_of
from tests.loop.conftest import damage
from tests.small import small_session

CASE = "case_003"


@pytest.fixture
def drawn(session: Session, cohort: PhantomCohort) -> Session:
    """A project whose model 1 is live, has predicted, and is audited with one case."""
    predict_all(session, cohort.labels)
    go_live(session)
    session.project.audits.add(TASK, 1, CASE, 9)
    return session


def _audit(session: Session, task: str = TASK) -> Audit:
    (found,) = session.project.audits.all(task)
    return found


def test_the_prediction_is_compared_with_the_label_and_stays_so(drawn: Session, cohort: PhantomCohort) -> None:
    truth = truth_of(drawn, cohort.labels, CASE)
    stored = drawn.project.predictions.by(TASK, 1)[CASE].mask
    assert stored is not None
    predicted = truth_of(drawn, stored.parent, CASE)
    annotation = accept_mask(drawn, TASK, CASE, truth, Reading("ann", started_from=1))
    audit = _audit(drawn)
    assert (audit.annotation, audit.model) == (annotation.identifier, 1)
    assert audit.figures == dice_per_label(predicted, truth, (1, 2))
    assert audit.figures != (1.0, 1.0)
    accept_mask(drawn, TASK, CASE, np.zeros_like(truth), Reading("ann"))
    assert _audit(drawn) == audit


def test_what_was_shown_is_measured_else_what_is_live(drawn: Session, cohort: PhantomCohort) -> None:
    predict_all(drawn, cohort.labels, 2, case_003=0)
    go_live(drawn, 2)
    drawn.project.audits.add(TASK, 2, "case_004", 9)
    for case, started_from in ((CASE, 1), ("case_004", None)):
        accept_mask(drawn, TASK, case, truth_of(drawn, cohort.labels, case), Reading("ann", started_from=started_from))
    assert [audit.model for audit in drawn.project.audits.all(TASK)] == [1, 2]


def test_only_a_label_that_is_whole_and_final_measures(drawn: Session, cohort: PhantomCohort) -> None:
    truth = truth_of(drawn, cohort.labels, CASE)
    accept_mask(drawn, TASK, CASE, truth, Reading("ann", confirmed=((2, 5),)))
    accept_mask(drawn, TASK, CASE, truth, Reading("ann", finished=False))
    accept_mask(drawn, TASK, CASE, truth, Reading("bob", mode=ReadingMode.SECOND_READ))
    assert not _audit(drawn).is_answered
    accept_mask(drawn, TASK, "case_004", truth_of(drawn, cohort.labels, "case_004"), Reading("ann"))
    assert not _audit(drawn).is_answered
    accept_mask(drawn, TASK, CASE, truth, Reading("bob", mode=ReadingMode.SECOND_READ))
    assert _audit(drawn).figures is not None


def test_a_label_is_kept_where_there_is_nothing_to_compare(drawn: Session, cohort: PhantomCohort) -> None:
    stored = drawn.project.predictions.by(TASK, 1)[CASE].mask
    assert stored is not None
    damage(stored)
    annotation = accept_mask(drawn, TASK, CASE, truth_of(drawn, cohort.labels, CASE), Reading("ann"))
    audit = _audit(drawn)
    assert (audit.annotation, audit.model, audit.figures) == (annotation.identifier, None, None)


def test_a_class_and_a_value_are_measured_too(tmp_path: Path, cohort: PhantomCohort) -> None:
    from napari_medal.catalogue.models import NewModel

    score = CaseScore(0.3, (), (), "torn")
    session = small_session(tmp_path / "project", "classification", "regression")
    add_cases(session, Source(cohort.images), Silent())
    project = session.project
    maps = project.layout.prediction_maps(CASE, "classification", 1)
    project.predictions.write_maps(maps, Maps(Shares.of(np.array([0.2, 0.8], dtype=np.float32)), None))
    for task, new in (
        ("classification", NewPrediction(CASE, score, "", maps=maps, class_value=1)),
        ("regression", NewPrediction(CASE, score, "", value=12.0, spread=1.0)),
    ):
        project.models.add(NewModel(task, 1, "resnet", PLAN, 1.0, None, (), {}, True, ""))
        project.predictions.replace(task, 1, [new])
        project.audits.add(task, 1, CASE, 9)
    accept_class(session, "classification", CASE, 0, Reading("ann"))
    accept_value(session, "regression", CASE, 10.5, Reading("ann"))
    assert _audit(session, "classification").figures == pytest.approx((0.0, 0.2, 0.8), abs=0.003)
    assert _audit(session, "regression").figures == (12.0, 10.5)
    project.predictions.prune_maps("classification", keep=2)
    project.audits.add("classification", 2, CASE, 9)
    accept_class(session, "classification", CASE, 0, Reading("ann"))
    assert project.audits.all("classification")[-1].figures is None
    session.close()
