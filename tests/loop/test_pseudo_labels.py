from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from napari_medal.core.case import Case
from napari_medal.core.learning import Learning
from napari_medal.core.progress import Silent
from napari_medal.engine.mask_loss import IGNORED
from napari_medal.engine.prepare import prepare_mask
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop import pseudo_labels as under_test
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.judging import load_ensemble
from napari_medal.loop.pseudo_labels import SURE, pseudo_labels
from napari_medal.loop.round import retrain
from napari_medal.loop.session import Session
from napari_medal.loop.training import train_model
from napari_medal.loop.training_record import PseudoLabelled
from napari_medal.loop.training_run import prepare_run
from tests.loop.conftest import label
from tests.small import small_extensions, small_session, with_learning

TASK = "segmentation"


@pytest.fixture
def trained(tmp_path: Path, cohort: PhantomCohort) -> Iterator[Session]:
    """A project that learns from two pseudo-labels as well, with a live model and its predictions."""
    session = small_session(
        tmp_path / "project",
        validation=0.0,
        extensions=small_extensions("tests.small:EAGER"),
        changes=with_learning(Learning(pseudo_labels=2)),
    )
    add_cases(session, Source(cohort.images), Silent())
    label(session, cohort, 0, 1)
    retrain(session, TASK, Silent())
    yield session
    session.close()


def _waiting(session: Session) -> list[Case]:
    current = session.project.annotations.current(TASK)
    return [case for case in session.project.cases.all() if case.name not in current]


def test_the_first_training_has_none(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = small_session(tmp_path / "project", validation=0.0, changes=with_learning(Learning(pseudo_labels=2)))
    add_cases(session, Source(cohort.images), Silent())
    label(session, cohort, 0)
    assert train_model(session, TASK, Silent()).record.pseudo_labelled == ()
    session.close()


def test_what_the_model_is_sure_of_is_learnt_from_and_the_rest_is_ignored(trained: Session) -> None:
    live = trained.project.models.live(TASK)
    assert live is not None
    run = prepare_run(trained, TASK, Silent())
    found = pseudo_labels(trained, live, run.plan, 1, run.device, 2, Silent())
    stored = trained.project.predictions.by(TASK, live.number)
    surest = sorted(_waiting(trained), key=lambda case: stored[case.name].score.uncertainty)
    assert [entry.case for entry in found] == [case.name for case in surest[:2]]
    ensemble = load_ensemble(trained, live, 1, run.device)
    for entry in found:
        mean = ensemble.samples(entry.example.prepared).mean(axis=0)
        mask = entry.example.mask
        assert mask is not None
        wanted = np.where(mean.max(axis=0) >= SURE, mean.argmax(axis=0), IGNORED).astype(np.uint8)
        z, y, x = mask.shape
        assert np.array_equal(mask, prepare_mask(wanted, (z, y, x)))
        assert 0 < (mask == IGNORED).mean() < 1


def test_they_are_marked_and_never_labels_of_the_project(trained: Session, cohort: PhantomCohort) -> None:
    before = trained.project.annotations.latest(TASK)
    label(trained, cohort, 2)
    report = train_model(trained, TASK, Silent())
    current = trained.project.annotations.current(TASK)
    assert len(report.record.pseudo_labelled) == 2
    assert all(entry == PseudoLabelled(entry.case, 1) for entry in report.record.pseudo_labelled)
    assert not {entry.case for entry in report.record.pseudo_labelled} & set(current)
    assert report.version.annotations == {annotation.identifier for annotation in current.values()}
    assert set(trained.project.annotations.latest(TASK)) == {*before, "case_002"}
    card = (report.version.folder / "model_card.md").read_text(encoding="utf-8")
    assert "It also learnt from 2 cases as model 1 would label them. No reader has seen these answers" in card


def test_they_are_drawn_half_as_often(trained: Session) -> None:
    training = prepare_run(trained, TASK, Silent()).training()
    assert list(training.frequencies) == [1.0, 1.0, 0.5, 0.5]
    assert len(training.examples) == 4


def test_a_case_that_nothing_is_sure_about_is_left_out(trained: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    live = trained.project.models.live(TASK)
    assert live is not None
    run = prepare_run(trained, TASK, Silent())
    monkeypatch.setattr(under_test, "SURE", 1.1)
    assert pseudo_labels(trained, live, run.plan, 1, run.device, 2, Silent()) == []
