import numpy as np
import pytest

from napari_medal.catalogue.annotations import NewAnnotation
from napari_medal.core.strategy import Ranked
from napari_medal.loop.answers import skip
from napari_medal.loop.audit_draw import with_audits
from napari_medal.loop.auditing import audit_report
from napari_medal.loop.session import Session
from tests.loop.auditing import TASK, audit, go_live, say

NAMES = [f"case_{number:03d}" for number in range(9)]


def _audited(session: Session, count: int) -> None:
    """Audit `count` cases of models 1 to 4, whose Dice is 0.2 below what they say of themselves, and scatters."""
    rng = np.random.default_rng(1)
    for model in range(1, 5):
        go_live(session, model)
        doubts = rng.uniform(0.05, 0.4, 9)
        say(session, model, **dict(zip(NAMES, doubts.tolist(), strict=True)))
        chosen = range(count)[(model - 1) * 9 : model * 9]
        figures = np.clip(0.8 - doubts + rng.normal(0, 0.02, 9), 0, 1)
        audit(session, *((NAMES[n % 9], model, float(figures[n % 9])) for n in chosen))


def test_without_audits_nothing_is_claimed(session: Session) -> None:
    report = audit_report(session, TASK)
    assert (report.drawn, report.measured, report.live, report.recent) == (0, 0, None, None)
    assert (report.order, report.error_as_mapped, report.band) == (None, None, ())
    assert report.sentences() == (
        "No case has been drawn at random yet: how good the model is on cases like those that wait is not known.",
    )


def test_every_draw_is_counted_and_those_that_were_put_away_are_said(session: Session) -> None:
    go_live(session)
    say(session, 1, case_000=0.2, case_001=0.3)
    audit(session, ("case_000", 1, 0.7), ("case_001", 1, 0.9))
    for number, case in enumerate(("case_002", "case_003"), start=3):
        session.project.audits.add(TASK, number, case, 7)
    skip(session, "case_002")
    report = audit_report(session, TASK)
    assert (report.drawn, report.measured, report.waiting, report.put_away) == (4, 2, 1, 1)
    assert report.live is not None
    assert report.live.interval.value == pytest.approx(0.8)
    assert report.live.models == (1,)
    said = report.sentences()
    assert said[0].startswith("4 drawn at random, 2 measured, 1 waiting; 1 put away unread: if it was hard")
    assert "dice mean 0.800 [0.700, 0.900] on 2 random cases (v1), too few to rely on" in said[1]
    assert said[-1] == "A range for 90% of the cases needs at least 9 audits; there are 2."


def test_the_live_model_is_told_from_those_before_it(session: Session) -> None:
    go_live(session, 1)
    go_live(session, 2)
    say(session, 1, **dict.fromkeys(NAMES, 0.2))
    say(session, 2, **dict.fromkeys(NAMES, 0.1))
    audit(session, ("case_000", 1, 0.5), ("case_001", 1, 0.7), ("case_002", 2, 0.9))
    report = audit_report(session, TASK)
    assert report.live is not None
    assert report.recent is not None
    assert (report.live.interval.value, report.live.models) == (0.9, (2,))
    assert (report.recent.interval.value, report.recent.models) == (pytest.approx(0.7), (1, 2))
    assert any(text.startswith("Whatever version, the last: ") for text in report.sentences())


@pytest.mark.parametrize(("count", "words"), [(12, "with 12 audits they are rough"), (27, "drawn at random.")])
def test_what_the_model_says_of_itself_is_set_right(session: Session, count: int, words: str) -> None:
    _audited(session, count)
    report = audit_report(session, TASK)
    assert report.error_as_said is not None
    assert report.error_as_mapped is not None
    assert report.order is not None
    assert report.error_as_said == pytest.approx(0.2, abs=0.03)
    assert report.error_as_mapped < 0.05
    assert report.order.value > 0.8
    assert len(report.points) == count
    assert words in report.sentences()[-1]
    assert all(point.low <= point.value <= point.high for point in report.band)
    assert max(point.high - point.low for point in report.band) < 0.3
    values = [point.value for point in report.band]
    assert values == sorted(values)


def test_audits_measure_without_bias_whatever_the_ranking_prefers(session: Session) -> None:
    go_live(session)
    quality = dict(zip(NAMES, (0.2, 0.3, 0.4, 0.8, 0.85, 0.9, 0.9, 0.95, 1.0), strict=True))
    say(session, 1, **{name: 1.0 - figure for name, figure in quality.items()})
    worst_first = [Ranked(name, 1.0 - figure, "") for name, figure in quality.items()]
    annotation = session.project.annotations.add(NewAnnotation(NAMES[0], TASK, "ann")).identifier
    for _ in range(60):
        drawn = next(entry.case for entry in with_audits(session, TASK, worst_first, 4, seed=2) if entry.is_audit)
        latest = session.project.audits.all(TASK)[-1]
        session.project.audits.measure(latest, annotation, 1, (quality[drawn],) * 2)
    figures = [found.figures[0] for found in session.project.audits.all(TASK) if found.figures is not None]
    assert len(figures) == 60
    wanted = float(np.mean(list(quality.values())))
    assert abs(np.mean(figures) - wanted) < 2.5 * np.std(list(quality.values())) / np.sqrt(60)
    recent = audit_report(session, TASK).recent
    assert recent is not None
    assert recent.interval.low < wanted < recent.interval.high
