from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from napari_medal.catalogue.models import NewModel
from napari_medal.catalogue.predictions import NewPrediction
from napari_medal.core.asking import Asking
from napari_medal.core.edit_size import EditSize
from napari_medal.core.evaluation import Interval
from napari_medal.core.plan import Plan
from napari_medal.core.progress import Silent
from napari_medal.core.score import CaseScore
from napari_medal.core.strategy import Pool
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import Reading, accept_file
from napari_medal.loop.looking import look_at
from napari_medal.loop.pool import pool_of
from napari_medal.loop.prediction import predict
from napari_medal.loop.ranking import rank
from napari_medal.loop.reading_time import USUAL
from napari_medal.loop.recorded_times import expected_seconds, recorded_time
from napari_medal.loop.session import Session
from napari_medal.loop.training import train_model
from tests.loop.conftest import label
from tests.small import small_session

TASK = "segmentation"
PLAN = Plan(None, (16, 16, 16), 2, (4, 8), ((2, 2, 2),), 2, 6, 4, 4e-3)


def _pool(session: Session) -> Pool:
    whole = set(session.project.annotations.current(TASK))
    waiting = [case for case in session.project.cases.all() if case.name not in whole]
    return pool_of(session, TASK, waiting, seed=3)


def _score(session: Session, model: int, edit: EditSize | None = None, **uncertainties: float) -> None:
    new = [
        NewPrediction(name, CaseScore(value, (value, value), (), f"doubt {value}"), "", edit=edit, amount=value)
        for name, value in uncertainties.items()
    ]
    session.project.predictions.replace(TASK, model, new)


def _model(session: Session, number: int, started_from: int | None = None, **metrics: float) -> None:
    told = {name: Interval(value, value, value) for name, value in metrics.items()}
    session.project.models.add(NewModel(TASK, number, "unet", PLAN, 1.0, started_from, (), told, True, ""))


def test_before_any_model_cases_lie_where_their_looks_put_them(session: Session, cohort: PhantomCohort) -> None:
    label(session, cohort, 0)
    found = _pool(session)
    looks = session.project.cases.looks()
    assert len(looks) == 9
    assert [candidate.features for candidate in found.candidates] == [looks[c.case] for c in found.candidates]
    assert found.taught == [looks["case_000"]]
    assert all(candidate.score is None and candidate.seconds is None for candidate in found.candidates)
    assert (found.labelled, found.labels, found.weaknesses) == (1, ("anterior", "posterior"), ())


def test_after_a_model_they_lie_where_its_deepest_layer_puts_them(session: Session, cohort: PhantomCohort) -> None:
    label(session, cohort, 0, 1, 2)
    train_model(session, TASK, Silent())
    predict(session, TASK, Silent())
    found = _pool(session)
    assert {len(candidate.features or ()) for candidate in found.candidates} == {16}
    in_training = len(session.project.models.features(TASK, 1))
    assert in_training == found.labelled == len(found.taught) > 0
    assert {len(place) for place in found.taught} == {16}
    assert all(candidate.seconds is not None and candidate.finds is not None for candidate in found.candidates)
    assert len(found.weaknesses) == 2
    label(session, cohort, 3)
    assert len(_pool(session).taught) == in_training + 1


def test_a_case_of_another_kind_lies_nowhere_and_is_ranked_all_the_same(session: Session) -> None:
    session.project.cases.set_looks({"case_003": (0.5, 0.25)})
    found = _pool(session)
    assert [candidate.case for candidate in found.candidates if candidate.features is None] == ["case_003"]
    assert "case_003" in [entry.case for entry in rank(session, TASK)]


def test_while_scores_come_in_the_older_ones_stand(session: Session) -> None:
    _model(session, 1)
    _score(session, 1, case_000=0.2, case_001=0.4)
    _model(session, 2, started_from=1)
    _score(session, 2, case_001=0.9)
    scores = {candidate.case: candidate.score for candidate in _pool(session).candidates}
    assert scores["case_000"] is not None
    assert scores["case_000"].uncertainty == 0.2
    assert scores["case_001"] is not None
    assert scores["case_001"].uncertainty == 0.9
    assert scores["case_002"] is None


def test_the_weakest_label_is_known_from_the_validation_set(session: Session) -> None:
    _model(session, 1, dice_mean=0.75, dice_anterior=0.9, dice_posterior=0.6)
    assert _pool(session).weaknesses == pytest.approx((0.1, 0.4))


def test_seconds_are_expected_from_the_size_of_the_correction(session: Session) -> None:
    _model(session, 1)
    _score(session, 1, EditSize(200.0, 5, 3), case_003=0.2)
    seen = session.project.predictions.by(TASK, 1)
    assert expected_seconds(session, TASK, seen) == {"case_003": USUAL.seconds(EditSize(200.0, 5, 3))}


def test_guesses_are_scaled_by_what_was_corrected(training_only: Session, cohort: PhantomCohort) -> None:
    session = training_only
    label(session, cohort, 0, 1)
    train_model(session, TASK, Silent())
    predict(session, TASK, Silent())
    guessed = session.project.predictions.edits(TASK)
    for number in range(2, 7):
        name = f"case_{number:03d}"
        accept_file(session, TASK, name, cohort.labels / f"{name}.nii.gz", Reading("ann", 30.0, started_from=1))
    corrected = {name: found.edit for name, found in session.project.annotations.current(TASK).items()}
    ratios = [edit.length_mm / guessed[(1, name)].length_mm for name, edit in corrected.items() if (1, name) in guessed]
    seen = session.project.predictions.by(TASK, 1)["case_008"]
    scaled = replace(seen.edit, length_mm=seen.edit.length_mm * np.median(ratios))
    assert len(ratios) == 5
    assert expected_seconds(session, TASK, {"case_008": seen})["case_008"] == pytest.approx(USUAL.seconds(scaled))
    assert USUAL.seconds(scaled) != USUAL.seconds(seen.edit)


def test_guesses_stand_where_nobody_knows_what_was_corrected(session: Session, cohort: PhantomCohort) -> None:
    _model(session, 1)
    names = {f"case_{n:03d}": 0.2 for n in range(6)}
    _score(session, 1, EditSize(1.0, 5, 3), **names)
    for name in list(names)[:5]:
        reading = Reading("ann", 30.0, started_from=1)
        accept_file(session, TASK, name, cohort.labels / f"{name}.nii.gz", reading)
    corrected = [found.edit for found in session.project.annotations.current(TASK).values()]
    assert corrected == [None] * 5, "without a kept mask nobody knows what was corrected"
    assert session.project.predictions.edits(TASK) == {(1, name): EditSize(1.0, 5, 3) for name in names}
    seen = session.project.predictions.by(TASK, 1)
    assert expected_seconds(session, TASK, seen)["case_005"] == USUAL.seconds(EditSize(1.0, 5, 3))


def test_recorded_times_count_once_there_are_enough(training_only: Session, cohort: PhantomCohort) -> None:
    for revision in range(3):
        for number in range(9):
            name = f"case_{number:03d}"
            reading = Reading("ann", 600.0 + revision)
            accept_file(training_only, TASK, name, cohort.labels / f"{name}.nii.gz", reading)
    assert recorded_time(training_only, TASK) == USUAL, "nine cases are too few, however often they were labelled"


def test_cases_of_an_older_project_are_looked_at_once(session: Session) -> None:
    known = session.project.cases.looks()
    from sqlalchemy import text

    with session.project.database.begin() as connection:
        connection.execute(text("UPDATE cases SET looks = NULL WHERE name != 'case_002'"))
    assert look_at(session, Silent()) == 8
    assert session.project.cases.looks() == known
    assert look_at(session, Silent()) == 0


def test_the_most_worth_is_predicted_first_and_the_list_is_told(session: Session, cohort: PhantomCohort) -> None:
    label(session, cohort, 0, 1)
    train_model(session, TASK, Silent())
    predict(session, TASK, Silent())
    train_model(session, TASK, Silent())
    live = session.project.models.live(TASK)
    assert live is not None
    values = {f"case_{n:03d}": value for n, value in zip(range(2, 9), np.linspace(0.1, 0.9, 7), strict=True)}
    earlier = live.started_from or live.number
    _score(session, earlier, **values)
    with session.project.database.begin() as connection:
        from sqlalchemy import text

        connection.execute(text(f"DELETE FROM predictions WHERE model != {earlier}"))
    asked: list[str] = []
    session.project.predictions.entered.connect(asked.append)
    order: list[str] = []
    original = session.project.predictions.replace

    def note(task: str, model: int, new: list[NewPrediction]) -> None:
        order.extend(entry.case for entry in new)
        original(task, model, new)

    chosen = session.project.task_settings(TASK)
    settings = session.project.settings
    tasks = {TASK: chosen.model_copy(update={"strategy": "uncertainty"})}
    object.__setattr__(session.project.settings_file, "_settings", settings.model_copy(update={"tasks": tasks}))
    object.__setattr__(session.project.predictions, "replace", note)
    predict(session, TASK, Silent())
    assert order == sorted(values, key=lambda name: -values[name])
    assert asked == [TASK]


def test_the_previous_version_contradicts_but_does_not_answer(tmp_path: Path, cohort: PhantomCohort) -> None:
    def asked(previous: bool) -> tuple[np.ndarray, float]:
        asking = Asking(previous=previous)
        session = small_session(
            tmp_path / f"{previous}", validation=0.0, changes=lambda task: task.model_copy(update={"asking": asking})
        )
        add_cases(session, Source(cohort.images), Silent())
        label(session, cohort, 0, 1)
        train_model(session, TASK, Silent())
        label(session, cohort, 2)
        train_model(session, TASK, Silent())
        predict(session, TASK, Silent(), ["case_005"])
        stored = session.project.predictions.by(TASK, 2)["case_005"]
        maps = session.project.predictions.maps(stored)
        assert maps is not None
        assert session.project.models.get(TASK, 2).started_from == 1
        found = np.array(maps.probabilities.bytes), stored.score.uncertainty
        session.close()
        return found

    (plain, doubt), (with_previous, doubt_of_both) = asked(previous=False), asked(previous=True)
    assert (plain == with_previous).all()
    assert doubt != doubt_of_both


def test_edits_of_the_prediction_are_recorded(session: Session, cohort: PhantomCohort) -> None:
    label(session, cohort, 0, 1)
    train_model(session, TASK, Silent())
    predict(session, TASK, Silent())
    reading = Reading("ann", 30.0)
    accept_file(session, TASK, "case_003", cohort.labels / "case_003.nii.gz", replace(reading, started_from=1))
    accept_file(session, TASK, "case_004", cohort.labels / "case_004.nii.gz", Reading("imported"))
    current = session.project.annotations.current(TASK)
    edit = current["case_003"].edit
    assert edit is not None
    assert edit.length_mm > 0
    assert edit.slices > 0
    assert current["case_004"].edit is None
