from pathlib import Path

import pytest

from napari_medal.catalogue.annotations import NewAnnotation
from napari_medal.catalogue.models import NewModel
from napari_medal.core.evaluation import Interval
from napari_medal.core.progress import Silent
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.session import Session
from napari_medal.loop.stopping import outlook
from tests.loop.auditing import PLAN, TASK, go_live
from tests.small import small_session


def _versions(session: Session, *figures: float, half: float = 0.004, each: int = 4) -> None:
    """Enter versions with these figures, each trained on so many labels more than the one before."""
    made = [
        session.project.annotations.add(NewAnnotation(f"case_{n % 9:03d}", TASK, "ann")).identifier
        for n in range(each * len(figures))
    ]
    for number, figure in enumerate(figures, start=1):
        labels = tuple(made[: each * number])
        go_live(session, number, labels, {"dice_mean": Interval(figure, figure - half, figure + half)})


@pytest.mark.parametrize(("figures", "found"), [((), "are 0"), ((0.7,), "is 1"), ((0.7, 0.8), "are 2")])
def test_few_versions_are_said_to_be_few(session: Session, figures: tuple[float, ...], found: str) -> None:
    _versions(session, *figures)
    told = outlook(session, TASK)
    assert (told.limit, told.gain, told.expected, told.is_stalled) == (None, None, (), False)
    assert told.advice.startswith("Too early to tell: it takes 3 model versions")
    assert told.advice.endswith(f"there {found}.")


def test_versions_without_a_validation_set_tell_nothing(session: Session) -> None:
    for number in range(1, 5):
        go_live(session, number)
    assert outlook(session, TASK).points == ()


def test_a_steep_curve_says_go_on(session: Session) -> None:
    _versions(session, 0.4, 0.5, 0.6, 0.7, half=0.01)
    told = outlook(session, TASK)
    assert [(point.model, point.labels) for point in told.points] == [(1, 4), (2, 8), (3, 12), (4, 16)]
    assert told.gain is not None
    assert told.gain.value == pytest.approx(0.047, abs=0.01)  # three more labels, on the way to 1
    assert told.advice.startswith("Going on probably pays: 3 more labels would probably gain 0.0")
    assert not told.is_stalled


def test_a_flat_curve_says_that_stopping_costs_little(session: Session) -> None:
    _versions(session, 0.6, 0.85, 0.853, 0.852, 0.854)
    told = outlook(session, TASK)
    assert told.is_stalled is False  # one of the last three gained more than its standard error
    assert told.gain is not None
    assert told.limit is not None
    assert told.gain.high < 0.01
    assert told.limit.value == pytest.approx(0.854, abs=0.004)
    assert told.advice.startswith("Stopping costs little: 3 more labels would probably gain less than 0.001 dice mean.")
    first, last = told.expected[0], told.expected[-1]
    assert (first.labels, last.labels) == (4, 40)
    assert all(place.figure.low <= place.figure.value <= place.figure.high for place in told.expected)


def test_three_rounds_that_changed_nothing_are_said_held_back_ones_too(session: Session) -> None:
    _versions(session, 0.6, 0.85, 0.84, 0.851)
    go_live(session, 5, figures={"dice_mean": Interval(0.8, 0.79, 0.81)}, goes_live=False)
    told = outlook(session, TASK)
    assert told.is_stalled
    assert told.advice.startswith("The last three rounds changed nothing beyond chance. ")
    go_live(session, 6, figures={"dice_mean": Interval(0.9, 0.89, 0.91)})
    assert not outlook(session, TASK).is_stalled


def test_wide_intervals_leave_it_open(session: Session) -> None:
    _versions(session, 0.80, 0.82, 0.81, half=0.08)
    assert outlook(session, TASK).advice.startswith("Hard to tell whether to go on: ")


def test_an_error_is_lowered(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = small_session(tmp_path / "project", "regression")
    add_cases(session, Source(cohort.images), Silent())
    made = [
        session.project.annotations.add(NewAnnotation("case_000", "regression", "ann", value=1.0)).identifier
        for _ in range(16)
    ]
    for number, mae in enumerate((20.0, 12.0, 8.0, 6.0), start=1):
        metrics = {"mae": Interval(mae, mae - 0.3, mae + 0.3)}
        new = NewModel("regression", number, "resnet-value", PLAN, 1.0, None, made[: 4 * number], metrics, True, "")
        session.project.models.add(new)
    told = outlook(session, "regression")
    assert told.is_error
    assert told.limit is not None
    assert 0.0 <= told.limit.low <= told.limit.value < 6.0
    assert told.gain is not None
    assert told.gain.value > 0.5
    assert "Going on probably pays: 3 more labels would probably lower the mae by" in told.advice
    session.close()
