"""What a task asks for, changed in a project that is being labelled."""

from dataclasses import replace
from pathlib import Path

import pytest

from napari_medal.catalogue.settings import load_settings
from napari_medal.core.progress import Silent
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.task_choices import TaskChoices
from napari_medal.core.verification import LearnFrom, Stage, Verification
from napari_medal.errors import ExtensionError, ModelError, SettingsError
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.answers import Reading, flag
from napari_medal.loop.choices import choose, offered_choices
from napari_medal.loop.counted import counted, taught
from napari_medal.loop.curating import Selection, curated_dataset
from napari_medal.loop.predicted_quality import predicted_quality
from napari_medal.loop.prediction import predict
from napari_medal.loop.quality_model import quality_model
from napari_medal.loop.ranking import rank, work_list
from napari_medal.loop.serving import serve
from napari_medal.loop.session import Session
from napari_medal.loop.training import train_model
from napari_medal.loop.training_run import prepare_run
from napari_medal.loop.verification import label_to_verify
from napari_medal.loop.verifying import verify_as_it_is
from tests.loop.auditing import audit, go_live, predict_all
from tests.loop.conftest import label
from tests.small import small_session

TASK = "segmentation"


@pytest.fixture
def predicted(training_only: Session, cohort: PhantomCohort) -> Session:
    """A project with a live model, of whose predictions case_008 is the most uncertain."""
    go_live(training_only)
    predict_all(training_only, cohort.labels)
    return training_only


def _now(session: Session) -> TaskChoices:
    return session.project.settings.choices(TASK)


def _stages(session: Session, reader: str) -> dict[str, Stage]:
    return {
        item.case.name: item.stage for item in work_list(session, TASK, reader) if item.stage is not Stage.NOT_ASKED
    }


def test_the_list_is_ranked_by_what_was_chosen(predicted: Session) -> None:
    choose(predicted, TASK, replace(_now(predicted), strategy="uncertainty", audit_every=0))
    assert [entry.case for entry in rank(predicted, TASK)][:2] == ["case_008", "case_007"]
    choose(predicted, TASK, replace(_now(predicted), strategy="first"))
    assert [entry.case for entry in rank(predicted, TASK)][:2] == ["case_000", "case_001"]
    assert load_settings(predicted.project.folder).tasks[TASK].strategy == "first"


def test_what_there_is_to_choose_is_told_for_people(session: Session) -> None:
    offered = offered_choices(session, TASK)
    assert offered.now == _now(session)
    assert "staged" in [offer.name for offer in offered.strategies]
    assert len(offered.measures) == 11
    assert all(offer.title and offer.explained.endswith(".") for offer in offered.strategies + offered.measures)
    assert (offered.labels, offered.verified, offered.unverified, offered.has_model) == (0, 0, 0, False)


def test_of_a_number_only_measures_that_tell_something_of_numbers_are_offered(tmp_path: Path) -> None:
    session = small_session(tmp_path / "project", "regression")
    offered = offered_choices(session, "regression")
    assert [offer.name for offer in offered.measures] == ["pairwise-dice", "variance"]
    with pytest.raises(SettingsError, match="'margin' tells nothing; wanted one of pairwise-dice, variance"):
        choose(session, "regression", replace(offered.now, measure="margin"))
    choose(session, "regression", replace(offered.now, measure="pairwise-dice"))
    assert session.project.task_settings("regression").measure == "pairwise-dice"
    session.close()


@pytest.mark.parametrize(
    ("field", "known"), [("strategy", "staged, stochastic-batches"), ("measure", "entropy, expected")]
)
def test_what_is_not_installed_is_refused_and_what_is_is_named(session: Session, field: str, known: str) -> None:
    text = (session.project.folder / "medal.toml").read_text(encoding="utf-8")
    with pytest.raises(ExtensionError, match=f"No extension 'guess' .*{known}"):
        choose(session, TASK, replace(_now(session), audit_every=2, **{field: "guess"}))
    assert (session.project.folder / "medal.toml").read_text(encoding="utf-8") == text
    with pytest.raises(SettingsError, match="has no task 'other'"):
        choose(session, "other", _now(session))


def test_a_strategy_that_is_gone_is_shown_and_hinders_nothing_else(session: Session) -> None:
    session.project.settings_file.set_choices(TASK, replace(_now(session), strategy="gone", measure="lost"))
    offered = offered_choices(session, TASK)
    assert (offered.strategies[-1].name, offered.measures[-1].name) == ("gone", "lost")
    assert "napari-medal doctor" in offered.strategies[-1].explained
    choose(session, TASK, replace(offered.now, audit_every=2))
    assert (_now(session).strategy, _now(session).audit_every) == ("gone", 2)


def test_labels_await_a_second_reader_as_soon_as_there_is_one(session: Session, cohort: PhantomCohort) -> None:
    label(session, cohort, 0, 1, 2)
    flag(session, "case_002")
    assert offered_choices(session, TASK).unverified == 2
    before = counted(session, TASK)
    choose(session, TASK, replace(_now(session), verification=Verification.SECOND_READER))
    assert _stages(session, "bob") == {"case_000": Stage.TO_VERIFY, "case_001": Stage.TO_VERIFY}
    assert _stages(session, "ann") == {"case_000": Stage.AWAITING, "case_001": Stage.AWAITING}
    assert counted(session, TASK) == taught(session, TASK) == before
    verify_as_it_is(session, TASK, "case_000", Reading("bob", 5.0))
    offered = offered_choices(session, TASK)
    assert (offered.labels, offered.verified, offered.unverified) == (3, 1, 1)
    choose(session, TASK, replace(_now(session), verification=Verification.NONE))
    assert _stages(session, "bob") == {}
    assert [name for name, found in counted(session, TASK).items() if found.verified is not None] == ["case_000"]
    found = curated_dataset(session, selection=Selection(verified_only=True))
    assert [case.case.name for case in found.cases] == ["case_000"]
    choose(session, TASK, replace(_now(session), verification=Verification.SECOND_READER))
    assert _stages(session, "bob") == {"case_000": Stage.VERIFIED, "case_001": Stage.TO_VERIFY}
    assert label_to_verify(session, TASK, "case_001", "bob").reader == "ann"


def test_which_labels_teach_holds_from_the_next_training_on(session: Session, cohort: PhantomCohort) -> None:
    label(session, cohort, 0, 1)
    choose(session, TASK, replace(_now(session), learn_from=LearnFrom.VERIFIED, retrain_after=7))
    with pytest.raises(ModelError, match="verified labels alone; found 2 accepted and none verified"):
        prepare_run(session, TASK, Silent())
    choose(session, TASK, replace(_now(session), learn_from=LearnFrom.ALL, reading=ReadingMode.TRIAGE))
    assert taught(session, TASK) == counted(session, TASK)
    assert (_now(session).retrain_after, _now(session).reading) == (7, ReadingMode.TRIAGE)


def test_an_audit_that_was_drawn_waits_until_audits_begin_again(predicted: Session) -> None:
    choose(predicted, TASK, replace(_now(predicted), strategy="first", audit_every=1))
    drawn = rank(predicted, TASK)[0]
    assert drawn.is_audit
    choose(predicted, TASK, replace(_now(predicted), audit_every=0))
    assert not any(entry.is_audit for entry in rank(predicted, TASK))
    assert [entry.case for entry in rank(predicted, TASK)] == sorted(entry.case for entry in rank(predicted, TASK))
    choose(predicted, TASK, replace(_now(predicted), audit_every=5))
    assert rank(predicted, TASK)[0].case == drawn.case
    assert len(predicted.project.audits.all(TASK)) == 1


def test_another_measure_counts_from_the_next_prediction_on(training_only: Session, cohort: PhantomCohort) -> None:
    session = training_only
    label(session, cohort, 0, 1)
    train_model(session, TASK, Silent())
    predict(session, TASK, Silent())
    chosen = replace(_now(session), measure="mean-entropy", strategy="uncertainty", audit_every=0)
    assert offered_choices(session, TASK).rescores(chosen)
    before = _scores(session)
    choose(session, TASK, chosen)
    assert _scores(session) == before
    assert _shown(session) == before, "the scores before count until there are others"
    report = predict(session, TASK, Silent(), cases=["case_005"])
    assert report.cases == 1
    assert _shown(session) == {"case_005": _scores(session)["case_005"]}, "scores by two measures make no order"
    assert rank(session, TASK)[0].case == "case_005"
    assert serve(session, TASK, 1, Silent()).predicted == len(before) - 1
    after = _scores(session)
    assert _shown(session) == after
    assert all(after[name] != before[name] for name in before)


def _scores(session: Session) -> dict[str, float]:
    return {name: found.score.uncertainty for name, found in session.project.predictions.by(TASK, 1).items()}


def _shown(session: Session) -> dict[str, float]:
    """Return the scores in the work list, by case."""
    shown = {item.case.name: item.score for item in work_list(session, TASK)}
    return {name: score.uncertainty for name, score in shown.items() if score is not None}


def test_what_audits_found_of_scores_by_one_measure_says_nothing_of_another(predicted: Session) -> None:
    audit(predicted, ("case_000", 1, 0.9), ("case_001", 1, 0.8), ("case_002", 1, 0.7))
    drawn = predicted.project.audits.all(TASK)
    assert len(quality_model(predicted, TASK, drawn).points) == 3
    known = str(predicted_quality(predicted, TASK))
    assert "value=0.8" in known
    choose(predicted, TASK, replace(_now(predicted), measure="variance"))
    assert quality_model(predicted, TASK, drawn).points == ()
    assert predicted_quality(predicted, TASK) == {}
    choose(predicted, TASK, replace(_now(predicted), measure="pairwise-dice"))
    assert str(predicted_quality(predicted, TASK)) == known
