import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from napari_medal.core.progress import Silent
from napari_medal.errors import JobCancelled
from napari_medal.io.samples.phantom import PhantomCohort, write_phantoms
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import Reading, accept_mask
from napari_medal.loop.ranking_worth import ranking_worth
from napari_medal.loop.session import Session
from tests.loop.auditing import TASK, go_live, predict_all, truth_of
from tests.small import Watch, cancel_when, small_session

CASES = 16


@pytest.fixture(scope="module")
def sixteen(tmp_path_factory: pytest.TempPathFactory) -> PhantomCohort:
    """Sixteen phantoms, as small as they may be."""
    folder = tmp_path_factory.mktemp("sixteen")
    return write_phantoms(folder, CASES, seed=4, progress=Silent(), shape=(12, 16, 12))


@pytest.fixture
def read(tmp_path: Path, sixteen: PhantomCohort) -> Iterator[Session]:
    """Sixteen corrected cases: the even ones, drawn at random, lacked 2 slices each, the others 4, in the same time."""
    session = small_session(tmp_path / "project", validation=0.0)
    add_cases(session, Source(sixteen.images), Silent())
    names = [case.name for case in session.project.cases.all()]
    predict_all(session, sixteen.labels, 1, **{name: 2 + 2 * (place % 2) for place, name in enumerate(names)})
    go_live(session)
    for place, name in enumerate(names):
        if place % 2 == 0:
            session.project.audits.add(TASK, place // 2 + 1, name, 9)
        truth = truth_of(session, sixteen.labels, name)
        accept_mask(session, TASK, name, truth, Reading("ann", 60.0 + place, started_from=1))
    yield session
    session.close()


def test_ranking_saves_what_it_finds_more_in_a_minute(read: Session) -> None:
    found = ranking_worth(read, TASK, Silent())
    assert (found.ranked, found.audits) == (8, 8)
    audits = [audit.figures for audit in read.project.audits.all(TASK)]
    errors = [1.0 - np.mean(figures) for figures in audits if figures is not None]
    minutes = [(60.0 + place) / 60.0 for place in range(0, CASES, 2)]
    assert found.audits_a_minute == pytest.approx(sum(errors) / sum(minutes))
    assert found.saving is not None
    assert found.saving.value == pytest.approx(1.0 - found.audits_a_minute / found.ranked_a_minute)
    assert 0.2 < found.saving.low <= found.saving.value <= found.saving.high < 0.9
    assert "ranking saves" in found.in_words
    assert "chance" not in found.in_words
    assert found.in_words.endswith("not whether the model learns more from them.")


def test_masks_are_compared_once(read: Session) -> None:
    watch = Watch()
    first = ranking_worth(read, TASK, watch)
    assert watch.texts.count("Comparing") == CASES
    again = Watch()
    assert ranking_worth(read, TASK, again) == first
    assert again.texts == []
    kept = read.project.layout.cache / f"figures_{TASK}.json"
    kept.write_text("torn")
    assert ranking_worth(read, TASK, Silent()) == first
    kept.unlink()
    with pytest.raises(JobCancelled):
        ranking_worth(read, TASK, cancel_when("Comparing", 5))
    rest = Watch()
    assert ranking_worth(read, TASK, rest) == first
    assert rest.texts.count("Comparing") == CASES - 4


def test_what_was_not_corrected_in_a_known_time_does_not_count(read: Session, sixteen: PhantomCohort) -> None:
    before = ranking_worth(read, TASK, Silent())
    name = read.project.cases.all()[0].name
    accept_mask(read, TASK, name, truth_of(read, sixteen.labels, name), Reading("bob", 1000.0))
    assert ranking_worth(read, TASK, Silent()) == before  # a second revision is no correction of a prediction


def test_too_few_cases_are_said_to_be_too_few(session: Session, cohort: PhantomCohort) -> None:
    go_live(session)
    predict_all(session, cohort.labels)
    for name, reading in (
        ("case_001", Reading("ann", 30.0, started_from=1)),
        ("case_002", Reading("ann", 30.0)),
        ("case_003", Reading("ann", started_from=1)),
        ("case_005", Reading("ann", 30.0, started_from=1, confirmed=((1, 3),))),
    ):
        accept_mask(session, TASK, name, truth_of(session, cohort.labels, name), reading)
    found = ranking_worth(session, TASK, Silent())
    assert (found.ranked, found.audits, found.saving) == (1, 0, None)
    assert math.isnan(found.ranked_a_minute)
    assert "7 more ranked and 8 more random corrected cases are wanted" in found.in_words


def test_a_class_is_not_corrected(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = small_session(tmp_path / "project", "classification")
    assert "known only of masks" in ranking_worth(session, "classification", Silent()).in_words
    session.close()
