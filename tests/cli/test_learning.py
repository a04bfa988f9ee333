import json
from pathlib import Path

from napari_medal.catalogue.settings import load_settings
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
    told = run("cross-validate", project, "--folds", 2).out
    assert told.startswith("2 folds, 5 labelled cases of 5 subjects; each was judged once.\n  dice_mean 0.")
    assert json.loads(run("status", project, "--json").out)["tasks"][0]["live"] is None


def test_more_folds_than_subjects_are_refused(run: Run, project: Path, cohort: PhantomCohort) -> None:
    _label(run, project, cohort, 2)
    answer = run("cross-validate", project, "--folds", 5)
    assert answer.code == 1
    assert "5 folds need labels of at least 5 subjects; found" in answer.err


def test_a_learning_rate_is_found_drawn_and_used(run: Run, project: Path, cohort: PhantomCohort) -> None:
    _label(run, project, cohort, 2)
    drawn = run("find-rate", project)
    lines = drawn.out.splitlines()
    assert drawn.code == 0, drawn.err
    assert sum("<-" in line for line in lines) == 1
    assert lines[-1].startswith("Suggested learning rate: ")
    assert load_settings(project).tasks["segmentation"].learning.learning_rate is None
    used = json.loads(run("find-rate", project, "--use", "--json").out)
    assert load_settings(project).tasks["segmentation"].learning.learning_rate == used["suggested"]
    assert len(used["rates"]) == len(used["losses"])
    trained = json.loads(run("train", project, "--json").out)
    assert trained["version"]["plan"]["learning_rate"] == used["suggested"]
