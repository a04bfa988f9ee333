import pytest

from napari_medal.catalogue.models import NewModel
from napari_medal.catalogue.predictions import NewPrediction
from napari_medal.core.case import CaseState, Split
from napari_medal.core.plan import Plan
from napari_medal.core.score import CaseScore
from napari_medal.errors import ExtensionError
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.answers import reopen, skip
from napari_medal.loop.ranking import rank, work_list
from napari_medal.loop.session import Session
from tests.loop.conftest import label

TASK = "segmentation"
PLAN = Plan(None, (16, 16, 16), 2, (4, 8), ((2, 2, 2),), 2, 6, 4, 4e-3)


def _score(session: Session, model: int, **uncertainties: float) -> None:
    session.project.predictions.replace(
        TASK,
        model,
        [
            NewPrediction(name, CaseScore(value, (value, value), (), f"doubt {value}"), f"overview {value}")
            for name, value in uncertainties.items()
        ],
    )


def _names(session: Session, strategy: str | None = None, seed: int | None = None) -> list[str]:
    return [entry.case for entry in rank(session, TASK, strategy, seed)]


def test_only_cases_that_wait_are_ranked(session: Session, cohort: PhantomCohort) -> None:
    label(session, cohort, 0)
    skip(session, "case_001")
    session.project.cases.set_broken("case_002", "torn")
    session.project.cases.draw(["case_003"], Split.VALIDATION)
    session.project.cases.draw(["case_004"], Split.TEST)
    session.project.cases.draw(["case_005"], Split.TRAINING)
    session.project.cases.set_state("case_006", CaseState.IN_PROGRESS)
    reopen(session, "case_000")
    assert set(_names(session)) == {"case_005", "case_006", "case_007", "case_008"}


def test_the_most_uncertain_comes_first_by_the_live_model_alone(session: Session) -> None:
    for number, goes_live in ((1, True), (2, False)):
        session.project.models.add(NewModel(TASK, number, "unet", PLAN, 1.0, None, (), {}, goes_live, ""))
    names = [f"case_{n:03d}" for n in range(9)]
    _score(session, 1, **{name: 0.1 * n for n, name in enumerate(names)})
    _score(session, 2, **{name: 0.9 - 0.1 * n for n, name in enumerate(names)})
    ranked = rank(session, TASK, "uncertainty")
    assert [entry.case for entry in ranked] == names[::-1]
    assert "doubt 0.8" in ranked[0].reason
    first = work_list(session, TASK)[0]
    assert first.score is not None
    assert first.rank == 1


def test_the_seed_decides_what_chance_decides(session: Session) -> None:
    orders = [tuple(_names(session, "random", seed)) for seed in range(6)]
    assert len(set(orders)) > 3
    assert orders[0] == tuple(_names(session, "random", 0)) == tuple(_names(session, "random"))
    with pytest.raises(ExtensionError, match="No extension 'best'"):
        rank(session, TASK, "best")


def test_the_work_list_shows_every_case_once(session: Session, cohort: PhantomCohort) -> None:
    label(session, cohort, 0, 1)
    reopen(session, "case_001")
    skip(session, "case_002")
    session.project.cases.set_broken("case_003", "torn")
    items = work_list(session, TASK)
    assert [item.rank for item in items] == [1, 2, 3, 4, 5, None, None, None, None]
    assert [item.case.name for item in items[5:]] == ["case_001", "case_002", "case_000", "case_003"]
    assert items[-1].reason == "torn"
    assert [item.reader for item in items[5:]] == ["ann", "", "ann", ""]
    assert [item.case.name for item in items[:5]] == _names(session)
