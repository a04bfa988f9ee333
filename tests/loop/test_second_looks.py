"""A search for second looks, from the labels to the list, with networks that learn in seconds."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from napari_medal.core.case import Case, Split
from napari_medal.core.grid import Grid
from napari_medal.core.prediction import Prediction
from napari_medal.core.progress import Progress, Silent
from napari_medal.core.second_look import LookKind, SecondLook
from napari_medal.errors import JobCancelled, SettingsError
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import accept_class, accept_mask, accept_value, reject
from napari_medal.loop.judging import Truth
from napari_medal.loop.second_looks import (
    Search,
    dismiss,
    dismiss_case,
    search_second_looks,
    second_looks,
)
from napari_medal.loop.session import Session
from napari_medal.loop.training import train_model
from napari_medal.loop.unseen import answer_unseen
from napari_medal.types import FloatArray, ImageArray, LabelArray
from tests.loop.bars import bar_of, write_bars
from tests.loop.conftest import READING
from tests.small import Watch, cancel_when, small_extensions, small_session

TASK = "segmentation"
SWAPPED, CUT, MOVED = "bar_03", "bar_07", "bar_10"


def swapped(mask: LabelArray) -> LabelArray:
    return np.array((0, 2, 1), dtype=np.uint8)[mask]


def cut(mask: LabelArray) -> LabelArray:
    """Forget the last rows that are labelled."""
    rows = np.flatnonzero(mask.any(axis=(0, 2)))
    shorter = mask.copy()
    shorter[:, rows[-4:]] = 0
    return shorter


def moved(mask: LabelArray) -> LabelArray:
    return np.roll(mask, 3, axis=2)


def bars(folder: Path, count: int) -> Session:
    """A project of bars, none labelled."""
    write_bars(folder / "images", count)
    session = small_session(folder / "project", extensions=small_extensions("tests.small:EAGER"))
    add_cases(session, Source(folder / "images"), Silent())
    return session


def read(session: Session, name: str) -> ImageArray:
    return session.files.read_case(session.project.cases.get(name).images)[0].array


def accept(session: Session, name: str, spoil: Callable[[LabelArray], LabelArray] = np.copy) -> None:
    accept_mask(session, TASK, name, spoil(bar_of(read(session, name))), READING)


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Session, Search]]:
    """Fifteen bars, three of them labelled wrongly, and what a search finds."""
    session = bars(tmp_path_factory.mktemp("looks"), 15)
    for case in session.project.cases.all():
        accept(session, case.name, {SWAPPED: swapped, CUT: cut, MOVED: moved}.get(case.name, np.copy))
    yield session, search_second_looks(session, TASK, 3, Silent())
    session.close()


def test_wrong_labels_stand_on_top_with_what_is_wrong_of_them(searched: tuple[Session, Search]) -> None:
    session, search = searched
    assert (search.folds, search.judged, search.unreadable) == (3, 15, ())
    assert {look.case for look in search.looks[:3]} == {SWAPPED, CUT, MOVED}
    reasons = {look.case: look.reason for look in search.looks}
    assert reasons[SWAPPED].startswith("labels look swapped (anterior, posterior): Dice 0.")
    assert "to the left of where the model sees it" in reasons[MOVED]
    assert reasons[CUT].startswith("the model finds posterior on coronal slices ")
    current = session.project.annotations.current(TASK)
    assert all(look.annotation == current[look.case].identifier for look in search.looks)
    rows = np.flatnonzero(bar_of(read(session, CUT)).any(axis=(0, 2)))
    first, last = reasons[CUT].split(" slices ")[1].split(",")[0].split("-")
    assert abs(int(first) - 1 - rows[-4]) <= 1
    assert abs(int(last) - 1 - rows[-1]) <= 1


def test_the_validation_set_is_judged_too(searched: tuple[Session, Search]) -> None:
    session, search = searched
    splits = [case.split for case in session.project.cases.all()]
    assert splits.count(Split.VALIDATION) == 3
    assert search.judged == splits.count(Split.TRAINING) + splits.count(Split.VALIDATION)


def test_a_search_makes_no_version_and_leaves_nothing_behind(searched: tuple[Session, Search]) -> None:
    session, _ = searched
    assert session.project.models.all(TASK) == []
    models = session.project.layout.root / "models"
    assert [path for path in models.rglob("*") if path.is_file()] == []


def test_the_list_forgets_what_was_settled(searched: tuple[Session, Search]) -> None:
    session, search = searched
    before = session.project.second_looks.all(TASK)
    assert second_looks(session, TASK) == list(search.looks) == before
    dismiss(session, TASK, SWAPPED, LookKind.DISAGREEMENT)
    assert SWAPPED not in {look.case for look in second_looks(session, TASK)}
    accept(session, CUT)
    assert CUT not in {look.case for look in second_looks(session, TASK)}
    state = session.project.cases.get(MOVED).state
    reject(session, MOVED)
    assert MOVED not in {look.case for look in second_looks(session, TASK)}
    session.project.cases.set_state(MOVED, state)
    dismiss_case(session, TASK, MOVED)
    with pytest.raises(SettingsError, match=f"'{MOVED}' is not on the list"):
        dismiss_case(session, TASK, MOVED)
    assert [look.dismissed for look in session.project.second_looks.all(TASK) if look.case == MOVED] == [True]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Session]:
    """Six labelled bars, and a network that hardly learns."""
    write_bars(tmp_path / "images", 6)
    session = small_session(tmp_path / "project", validation=0.2)
    add_cases(session, Source(tmp_path / "images"), Silent())
    for case in session.project.cases.all():
        accept(session, case.name)
    yield session
    session.close()


def _answers(session: Session, progress: Progress) -> dict[str, FloatArray]:
    seen = {}

    def see(case: Case, answer: Prediction, truth: Truth, grid: Grid) -> None:
        seen[case.name] = answer.probabilities

    answer_unseen(session, TASK, 3, progress, [see])
    return seen


def test_a_search_that_was_interrupted_goes_on_where_it_was(small: Session) -> None:
    whole = _answers(small, Silent())
    assert set(whole) == {case.name for case in small.project.cases.all()}
    with pytest.raises(JobCancelled):
        _answers(small, cancel_when("Training, fold 3 of 3"))
    watch = Watch()
    rest = _answers(small, watch)
    assert {text for text in watch.texts if text.startswith("Training")} == {"Training, fold 3 of 3"}
    assert all(np.array_equal(whole[name], rest[name]) for name in whole)


def test_a_training_goes_on_where_it_was_whatever_is_searched_meanwhile(small: Session) -> None:
    with pytest.raises(JobCancelled):
        train_model(small, TASK, cancel_when("Training", 5))
    state = small.project.layout.interrupted(TASK)
    before = {path.name: path.read_bytes() for path in state.iterdir()}
    search_second_looks(small, TASK, 2, Silent())
    assert {path.name: path.read_bytes() for path in state.iterdir()} == before


def test_a_cancelled_search_leaves_the_last_list(small: Session) -> None:
    look = SecondLook("bar_00", LookKind.UNLIKE, 0.5, "far away")
    small.project.second_looks.replace(TASK, [look])
    with pytest.raises(JobCancelled):
        search_second_looks(small, TASK, 3, cancel_when("Training, fold 2 of 3"))
    assert second_looks(small, TASK) == [look]


def test_a_search_gives_way_to_a_reader(small: Session) -> None:
    waited = []

    def act(call: int) -> None:
        if not waited:
            with small.turns.first():
                waited.append(call)

    search_second_looks(small, TASK, 2, small.turns.giving_way(Watch(act)))
    assert waited


def test_the_test_set_and_labels_that_do_not_count_stay_out(small: Session) -> None:
    cases = small.project.cases.all()
    small.project.cases.draw([cases[0].subject], Split.TEST)
    reject(small, cases[1].name)
    assert search_second_looks(small, TASK, 3, Silent()).judged == 4


def test_there_are_no_more_folds_than_subjects_and_without_two_none(small: Session) -> None:
    cases = small.project.cases.all()
    for case in cases[2:]:
        reject(small, case.name)
    search = search_second_looks(small, TASK, 5, Silent())
    assert (search.folds, search.judged) == (2, 2)
    reject(small, cases[1].name)
    search = search_second_looks(small, TASK, 5, Silent())
    assert (search.folds, search.judged) == (0, 0)
    assert "takes labels of two subjects" in search.told


def test_of_a_label_in_part_only_those_slices_are_compared(small: Session) -> None:
    name = "bar_02"
    mask = bar_of(read(small, name))
    mask[8:] = 0
    accept_mask(small, TASK, name, mask, replace(READING, confirmed=((2, 4), (6, 7))))
    shapes = {}

    def see(case: Case, answer: Prediction, truth: Truth, grid: Grid) -> None:
        assert answer.mask is not None
        shapes[case.name] = (answer.mask.shape[0], np.shape(truth)[0])

    answer_unseen(small, TASK, 2, Silent(), [see])
    assert shapes.pop(name) == (5, 5)
    assert set(shapes.values()) == {(14, 14)}


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_classes_and_values_are_searched_too(tmp_path: Path, task: str) -> None:
    write_bars(tmp_path / "images", 8)
    session = small_session(tmp_path / "project", task)
    add_cases(session, Source(tmp_path / "images"), Silent())
    for place, case in enumerate(session.project.cases.all()):
        if task == "classification":
            accept_class(session, task, case.name, place % 2, READING)
        else:
            accept_value(session, task, case.name, 30.0 if place == 3 else 10.0 + 0.1 * place, READING)
    search = search_second_looks(session, task, 2, Silent())
    assert (search.folds, search.judged) == (2, 8)
    if task == "regression":
        assert search.looks[0].case == "bar_03"
        assert search.looks[0].reason.startswith("labelled 30.00 mL; the model says ")
    session.close()
