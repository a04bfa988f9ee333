import json
from pathlib import Path

import pytest

from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.session import open_session
from tests.cli.conftest import Run
from tests.loop.auditing import audit, go_live, predict_all


def test_what_is_not_known_is_said(run: Run, project: Path) -> None:
    answer = run("trust", project)
    assert answer.code == 0, answer.err
    assert "No case has been drawn at random yet" in answer.out
    assert "Too early to tell" in answer.out
    assert "8 more ranked and 8 more random" in answer.out
    assert "Nothing is known yet" in answer.err


def test_audits_and_doubtful_predictions_are_told(run: Run, project: Path, cohort: PhantomCohort) -> None:
    session = open_session(project)
    predict_all(session, cohort.labels)
    go_live(session)
    audit(session, *((f"case_{number:03d}", 1, 0.95 - 0.05 * number) for number in range(9)))
    session.close()
    answer = run("trust", project, "--top", 2)
    assert answer.code == 0, answer.err
    assert "9 drawn at random, 9 measured, 0 waiting." in answer.out
    assert "Live model: dice mean 0.750 [" in answer.out
    listed = answer.out.partition("the worst first:\n")[2].splitlines()
    assert [line.split()[0] for line in listed] == ["case_008", "case_007"]
    assert "[" in listed[0]
    assert "rough" in answer.err
    found = json.loads(run("trust", project, "--json").out)
    assert found["audits"]["live"]["interval"]["value"] == pytest.approx(0.75)
    assert next(iter(found["qualities"])) == "case_008"
    assert found["worth"]["saving"] is None
    assert found["worth"]["ranked_a_minute"] is None
    assert run("trust", project, "--task", "nothing").code == 2
