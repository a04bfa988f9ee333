import json
from pathlib import Path

import pytest

from napari_medal.catalogue.settings import load_settings
from napari_medal.cli.learning import draw
from napari_medal.engine.learning_rates import LearningRates, learning_rate_at
from napari_medal.io.samples.phantom import PhantomCohort
from tests.cli.conftest import Run


def _label(run: Run, project: Path, cohort: PhantomCohort, count: int) -> None:
    for number in range(count):
        name = f"case_{number:03d}"
        answer = run("accept", project, name, cohort.labels / f"{name}.nii.gz", "--reader", "ann")
        assert answer.code == 0, answer.err


def test_cross_validation_judges_every_training_label_and_makes_no_version(
    run: Run, project: Path, cohort: PhantomCohort
) -> None:
    _label(run, project, cohort, 6)
    found = json.loads(run("cross-validate", project, "--folds", 2, "--json").out)
    assert (found["folds"], found["cases"], found["subjects"]) == (2, 5, 5)  # one more guards the gate
    assert set(found["metrics"]) == {"dice_mean", "dice_anterior", "dice_posterior"}
    assert json.loads(run("status", project, "--json").out)["tasks"][0]["live"] is None


def test_more_folds_than_subjects_are_refused(run: Run, project: Path, cohort: PhantomCohort) -> None:
    _label(run, project, cohort, 2)
    answer = run("cross-validate", project, "--folds", 5)
    assert answer.code == 1
    assert "5 folds need labels of at least 5 subjects; found" in answer.err


def test_a_learning_rate_is_found_and_used(run: Run, project: Path, cohort: PhantomCohort) -> None:
    _label(run, project, cohort, 2)
    used = json.loads(run("find-rate", project, "--use", "--json").out)
    assert load_settings(project).tasks["segmentation"].learning.learning_rate == used["suggested"]
    assert len(used["rates"]) == len(used["losses"])
    trained = json.loads(run("train", project, "--json").out)
    assert trained["version"]["plan"]["learning_rate"] == used["suggested"]


def test_the_loss_is_drawn_at_each_rate(capsys: pytest.CaptureFixture[str]) -> None:
    rates = tuple(learning_rate_at(step) for step in range(100))
    draw(LearningRates(rates, tuple(float(step) for step in range(100)), rates[50]))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 26
    assert [line for line in lines if "<-" in line] == [lines[12]]
    assert lines[0].split() == ["1.0e-06", "0.0000"]
    assert lines[24].count("#") == 39
    assert lines[-1] == f"Suggested learning rate: {rates[50]:.2g}"
