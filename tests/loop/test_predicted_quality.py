import math
from pathlib import Path

import numpy as np
import pytest

from napari_medal.catalogue.annotations import NewAnnotation
from napari_medal.catalogue.models import NewModel
from napari_medal.catalogue.predictions import NewPrediction
from napari_medal.core.case import Split
from napari_medal.core.progress import Silent
from napari_medal.core.score import CaseScore
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import reopen, skip
from napari_medal.loop.predicted_quality import predicted_quality
from napari_medal.loop.session import Session
from tests.loop.auditing import PLAN, TASK, audit, go_live, say
from tests.loop.conftest import label
from tests.small import small_session

NAMES = [f"case_{number:03d}" for number in range(9)]
DOUBTS = dict(zip(NAMES, (0.4, 0.05, 0.3, 0.1, 0.2, 0.15, 0.25, 0.35, 0.12), strict=True))


def test_without_audits_the_model_is_taken_at_its_word(session: Session, cohort: PhantomCohort) -> None:
    assert predicted_quality(session, TASK) == {}
    go_live(session)
    say(session, 1, **DOUBTS)
    label(session, cohort, 1)
    reopen(session, "case_001")  # its label counts still
    skip(session, "case_002")
    session.project.cases.draw(["case_003"], Split.TEST)
    found = predicted_quality(session, TASK)
    assert list(found) == ["case_000", "case_007", "case_006", "case_004", "case_005", "case_008"]
    assert found["case_000"].value == pytest.approx(0.6)
    assert math.isnan(found["case_000"].low)
    assert not found["case_000"].reliable
    assert str(found["case_000"]) == "0.60"


@pytest.mark.parametrize(("count", "has_range", "reliable"), [(8, False, False), (9, True, False), (20, True, True)])
def test_audits_set_it_right_and_give_it_a_range(session: Session, count: int, has_range: bool, reliable: bool) -> None:
    rng = np.random.default_rng(0)
    for model in (1, 2, 3):
        go_live(session, model)
        say(session, model, **DOUBTS)
    cases = [(NAMES[n % 9], 1 + n // 9) for n in range(count)]
    audit(session, *((name, model, 0.7 - DOUBTS[name] + rng.normal(0, 0.01)) for name, model in cases))
    found = predicted_quality(session, TASK)
    assert next(iter(found)) == "case_000"
    worst = found["case_000"]
    assert worst.value == pytest.approx(0.3, abs=0.07)
    assert worst.reliable is reliable
    assert (worst.low <= worst.value <= worst.high) is has_range
    assert all(0.0 <= quality.value <= 1.0 for quality in found.values())


def test_an_error_is_expected_as_an_error(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = small_session(tmp_path / "project", "regression")
    add_cases(session, Source(cohort.images), Silent())
    project = session.project
    project.models.add(NewModel("regression", 1, "resnet-value", PLAN, 1.0, None, (), {}, True, ""))
    said = [NewPrediction(name, CaseScore(doubt, (), (), ""), "", value=20.0) for name, doubt in DOUBTS.items()]
    project.predictions.replace("regression", 1, said)
    assert predicted_quality(session, "regression") == {}
    for number, name in enumerate(NAMES, start=1):
        drawn = project.audits.add("regression", number, name, 9)
        annotation = project.annotations.add(NewAnnotation(name, "regression", "ann", value=1.0, accepted=False))
        project.audits.measure(drawn, annotation.identifier, 1, (20.0, 20.0 - 10 * DOUBTS[name]))
    found = predicted_quality(session, "regression")
    assert next(iter(found)) == "case_000"
    assert list(found)[-1] == "case_001"
    assert all(0.0 <= quality.low <= quality.value <= quality.high for quality in found.values())
    assert found["case_000"].value > found["case_001"].value
    session.close()
