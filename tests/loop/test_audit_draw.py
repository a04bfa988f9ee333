from dataclasses import replace
from pathlib import Path

import pytest
from scipy.stats import chisquare

from napari_medal.catalogue.annotations import NewAnnotation
from napari_medal.catalogue.settings import TaskSettings
from napari_medal.core.case import CaseState
from napari_medal.core.progress import Silent
from napari_medal.core.strategy import Ranked
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import Reading, accept_file, reject, reopen, skip
from napari_medal.loop.audit_draw import with_audits
from napari_medal.loop.ranking import rank, work_list
from napari_medal.loop.session import Session
from napari_medal.loop.simulation import SimulationOptions, simulate
from tests.loop.auditing import TASK, go_live, predict_all
from tests.loop.conftest import label
from tests.small import small_session

NAMES = [f"case_{number:03d}" for number in range(9)]


def _every(cases: int, strategy: str = "staged"):
    def change(task: TaskSettings) -> TaskSettings:
        return task.model_copy(update={"audit_every": cases, "strategy": strategy})

    return change


def _session(folder: Path, cohort: PhantomCohort, every: int, strategy: str = "staged") -> Session:
    session = small_session(folder, validation=0.0, changes=_every(every, strategy))
    add_cases(session, Source(cohort.images), Silent())
    return session


def _first(session: Session) -> Ranked:
    return rank(session, TASK)[0]


@pytest.mark.parametrize("strategy", ["staged", "uncertainty", "random"])
def test_every_so_many_th_case_that_is_served_is_an_audit(tmp_path: Path, cohort: PhantomCohort, strategy: str) -> None:
    session = _session(tmp_path / "project", cohort, 3, strategy)
    predict_all(session, cohort.labels)
    go_live(session)
    served = []
    for _ in range(9):
        entry = _first(session)
        assert entry == _first(session)
        served.append(entry)
        accept_file(session, TASK, entry.case, cohort.labels / f"{entry.case}.nii.gz", Reading("ann"))
    assert [entry.is_audit for entry in served] == [False, False, True] * 3
    audits = session.project.audits.all(TASK)
    assert [audit.case for audit in audits] == [entry.case for entry in served[2::3]]
    assert [audit.waiting for audit in audits] == [7, 4, 1]
    assert all("drawn at random, to measure the model: every third" in entry.reason for entry in served[2::3])
    assert rank(session, TASK) == []
    session.close()


def test_nothing_is_drawn_before_there_is_a_model_nor_where_it_is_switched_off(
    tmp_path: Path, cohort: PhantomCohort
) -> None:
    session = _session(tmp_path / "project", cohort, 1)
    assert not _first(session).is_audit
    predict_all(session, cohort.labels)
    go_live(session)
    assert not any(entry.is_audit for entry in rank(session, TASK, audits_within=0))
    assert session.project.audits.all(TASK) == []
    assert _first(session).is_audit
    session.close()
    off = _session(tmp_path / "off", cohort, 0)
    go_live(off)
    assert not any(entry.is_audit for entry in rank(off, TASK))
    off.close()


def test_a_draw_stands_in_front_whatever_comes_until_it_is_answered(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = _session(tmp_path / "project", cohort, 3)
    predict_all(session, cohort.labels)
    go_live(session)
    label(session, cohort, 0, 1)
    drawn = _first(session)
    assert drawn.is_audit
    others = [number for number in range(2, 9) if NAMES[number] != drawn.case]
    label(session, cohort, others[0], others[1])
    go_live(session, 2)
    for strategy, seed in (("random", 3), ("uncertainty", 4)):
        assert rank(session, TASK, strategy, seed)[0].case == drawn.case
    item = work_list(session, TASK)[0]
    assert (item.is_audit, item.rank, item.case.name) == (True, 1, drawn.case)
    assert item.reason == drawn.reason
    assert len(session.project.audits.all(TASK)) == 1
    assert sorted(entry.case for entry in rank(session, TASK)) == sorted({drawn.case} | {NAMES[n] for n in others[2:]})
    session.close()


@pytest.mark.parametrize("put_away", [skip, reject])
def test_what_is_put_away_stays_on_record_and_another_is_drawn(tmp_path: Path, cohort: PhantomCohort, put_away) -> None:
    session = _session(tmp_path / "project", cohort, 1)
    go_live(session)
    first = _first(session).case
    put_away(session, first)
    second = _first(session).case
    assert second != first
    assert [audit.case for audit in session.project.audits.all(TASK)] == [first, second]
    reopen(session, first)
    assert session.project.cases.get(first).state is CaseState.IN_PROGRESS
    assert [entry.case for entry in rank(session, TASK) if entry.is_audit] == [first, second]
    assert len(session.project.audits.all(TASK)) == 2
    session.close()


def test_each_waiting_case_is_as_likely_as_another(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = _session(tmp_path / "project", cohort, 1)
    go_live(session)
    ranked = [Ranked(name, 1.0 - 0.1 * place, "") for place, name in enumerate(NAMES)]
    annotation = session.project.annotations.add(NewAnnotation(NAMES[0], TASK, "ann")).identifier
    for _ in range(90):
        with_audits(session, TASK, ranked, 0, seed=5)
        session.project.audits.measure(session.project.audits.all(TASK)[-1], annotation, None, None)
    drawn = [audit.case for audit in session.project.audits.all(TASK)]
    assert len(drawn) == 90
    assert chisquare([drawn.count(name) for name in NAMES]).pvalue > 0.01
    session.close()


def test_the_seed_and_the_number_repeat_a_draw(tmp_path: Path, cohort: PhantomCohort) -> None:
    drawn = []
    for run, seed in enumerate((0, 0, 1)):
        session = _session(tmp_path / f"project{run}", cohort, 1)
        go_live(session)
        drawn.append(rank(session, TASK, seed=seed)[0].case)
        session.close()
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) > 1


@pytest.mark.parametrize("within", [1, 2, 9])
def test_who_reads_several_before_ranking_anew_has_audits_among_them(
    tmp_path: Path, cohort: PhantomCohort, within: int
) -> None:
    session = _session(tmp_path / "project", cohort, 4)
    go_live(session)
    ranked = [replace(entry, is_audit=False) for entry in rank(session, TASK, audits_within=0)]
    found = with_audits(session, TASK, ranked, 2, 0, within)
    assert sorted(entry.case for entry in found) == NAMES
    assert [place for place, entry in enumerate(found) if entry.is_audit] == [p for p in (1, 5) if p < within]
    priorities = [entry.priority for entry in found]
    assert priorities == sorted(priorities, reverse=True)
    session.close()


def test_the_simulated_reader_meets_audits_unless_told_otherwise(tmp_path: Path, cohort: PhantomCohort) -> None:
    for audits, wanted in ((True, 2), (False, 0)):
        session = small_session(tmp_path / f"project{wanted}", changes=_every(2))
        add_cases(session, Source(cohort.images), Silent())
        options = SimulationOptions(2, 2, 2, validation=0.12, test=0.12, audits=audits)
        simulate(session, TASK, cohort.labels, options, Silent())
        found = session.project.audits.all(TASK)
        assert len(found) == wanted
        assert all(audit.is_answered and audit.figures is not None for audit in found)
        assert all(audit.model is not None for audit in found)
        session.close()
