import pytest

from napari_medal.catalogue.models import ModelStatus
from napari_medal.core.case import CaseState
from napari_medal.errors import JobCancelled
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.round import retrain
from napari_medal.loop.session import Session
from tests.loop.conftest import label
from tests.small import Watch, cancel_when

TASK = "segmentation"


def test_a_model_that_goes_live_predicts_what_waits(session: Session, cohort: PhantomCohort) -> None:
    label(session, cohort, 0, 1)
    watch = Watch()
    report = retrain(session, TASK, watch)
    assert (report.version.status, report.predicted, report.unreadable) == (ModelStatus.LIVE, 7, ())
    assert set(session.project.predictions.by(TASK, report.version.number)) == {f"case_{n:03d}" for n in range(2, 9)}
    assert list(dict.fromkeys(watch.texts)) == [
        "Reading labelled cases",
        "Training",
        "Predicting",
        "Looking at labelled cases",
    ]


def test_cancel_while_predicting_keeps_the_model(session: Session, cohort: PhantomCohort) -> None:
    label(session, cohort, 0, 1)
    with pytest.raises(JobCancelled):
        retrain(session, TASK, cancel_when("Predicting", 3))
    live = session.project.models.live(TASK)
    assert live is not None
    assert len(session.project.predictions.by(TASK, live.number)) == 2
    states = [case.state for case in session.project.cases.all()]
    assert states.count(CaseState.PREDICTED) == 2
