"""The commands, through the same door as a person: arguments in; text, files and an exit code out."""

import json
import shutil
from pathlib import Path

import pytest

from napari_medal.io.samples.phantom import PhantomCohort
from tests.cli.conftest import Run
from tests.small import write_image

CASES = [f"case_{number:03d}" for number in range(9)]


def _accept(run: Run, project: Path, cohort: PhantomCohort, *names: str) -> None:
    for name in names:
        answer = run("accept", project, name, cohort.labels / f"{name}.nii.gz", "--reader", "ann", "--seconds", "30")
        assert answer.code == 0, answer.err
        assert answer.out == f"{name}: revision 1 by ann accepted.\n"


def test_a_project_goes_all_the_way_round(run: Run, project: Path, cohort: PhantomCohort, tmp_path: Path) -> None:
    assert "9 cases of 9 subjects" in run("status", project).out
    ranked = json.loads(run("rank", project, "--json").out)
    assert sorted(entry["case"] for entry in ranked) == CASES
    assert all(entry["reason"] for entry in ranked)

    _accept(run, project, cohort, *CASES[:4])
    trained = json.loads(run("train", project, "--json").out)
    assert (trained["version"]["number"], trained["version"]["status"]) == (1, "live")
    assert (trained["trained_on"], trained["validated_on"]) == (3, 1)
    assert set(trained["version"]["metrics"]["dice_mean"]) == {"value", "low", "high"}

    predicted = run("predict", project)
    assert predicted.out.startswith("Model 1 predicted 5 cases")
    lines = run("rank", project, "--top", 2).out.splitlines()
    assert [line.split()[0] for line in lines] == ["1", "2"]

    exported = json.loads(run("export", project, tmp_path / "dataset", "--json").out)
    assert (exported["cases"], exported["files"]) == (4, 12)
    assert Path(exported["folder"]) == tmp_path / "dataset"
    assert len(list((tmp_path / "dataset" / "masks" / "segmentation").iterdir())) == 4

    status = json.loads(run("status", project, "--json").out)
    assert (status["states"]["accepted"], status["states"]["predicted"]) == (4, 5)
    assert status["tasks"][0]["live"]["number"] == 1
    assert [broken["name"] for broken in status["broken_extensions"]] == ["wrong"]


def test_training_is_told_in_words(run: Run, project: Path, cohort: PhantomCohort) -> None:
    _accept(run, project, cohort, *CASES[:3])
    first = run("train", project)
    assert first.out.startswith("Model 1, trained on 2 cases in")
    assert "The first model goes live" in first.out
    assert "dice_mean 0." in first.out
    image = next((project / "images" / CASES[1]).iterdir())
    image.write_bytes(b"")
    second = run("train", project)
    assert second.code == 0
    assert f"Left out: {CASES[1]}: " in second.err
    assert "Left out" not in second.out


def test_figures_are_reported_and_an_earlier_model_serves_again(run: Run, project: Path, cohort: PhantomCohort) -> None:
    _accept(run, project, cohort, *CASES[:6])
    assert run("train", project).code == 0
    assert run("train", project).code == 0
    told = run("report", project, "--model", 1)
    assert told.code == 0, told.err
    assert told.out.startswith("Model 1 (")
    assert "Hausdorff distance, 95th percentile, mm" in told.out
    assert "Calibration: Not fitted" in told.out
    assert str(Path("v0001") / "model_card.md") in told.err
    found = json.loads(run("report", project, "--json").out)
    assert {row["label"] for row in found["table"]["rows"]} == {"anterior", "posterior"}
    assert found["version"]["status"] == "live"

    other = 3 - found["version"]["number"]
    served = run("serve", project, other)
    assert served.code == 0, served.err
    assert served.out.startswith(f"Model {other} serves; it predicted 3 cases anew. Serves by choice since 20")
    status = json.loads(run("status", project, "--json").out)
    assert status["tasks"][0]["live"]["number"] == other
    written = run("export-model", project, project.parent / "model", "--format", "torchscript", "--model", 1)
    assert written.code == 0, written.err
    assert written.out.startswith("Model 1, 3 files: ")
    again = json.loads(run("serve", project, other, "--json").out)
    assert (again["version"]["number"], again["predicted"]) == (other, 0)


def test_what_is_taken_from_foreign_weights_is_told(run: Run, project: Path, cohort: PhantomCohort) -> None:
    _accept(run, project, cohort, *CASES[:2])
    run("train", project)
    (weights,) = project.rglob("member-0.safetensors")
    answer = run("train", project, "--start-from", weights)
    assert answer.code == 0, answer.err
    assert "tensors that fit by name and shape" in answer.err
    assert "Stayed random" not in answer.err
    (project / "bad.pt").write_text("no weights")
    assert "bad.pt" in run("train", project, "--start-from", project / "bad.pt").err


def test_the_last_line_of_a_simulation_is_its_table(run: Run, project: Path, cohort: PhantomCohort) -> None:
    answer = run("simulate", project, "--truth", cohort.labels, "--start", 2, "--batch", 1, "--rounds", 1)
    assert answer.code == 0, answer.err
    lines = answer.out.splitlines()
    table = Path(lines[-1])
    assert table == project.resolve() / "simulation.csv"
    assert len(table.read_text().splitlines()) == 3
    assert [line.split(":")[0] for line in lines[:-1]] == ["round 0", "round 1"]


def test_labels_come_along_and_what_was_refused_is_said(run: Run, cohort: PhantomCohort, tmp_path: Path) -> None:
    images, labels = tmp_path / "images", tmp_path / "labels"
    shutil.copytree(cohort.images, images)
    shutil.copytree(cohort.labels, labels)
    (images / "case_000.nii.gz").write_bytes(b"<html>")
    shutil.copy(labels / "case_002.nii.gz", labels / "case_001.nii.gz")
    answer = run(
        "new", tmp_path / "p", "--images", images, "--labels", labels, "--task", "segmentation",
        "--label", "anterior", "--label", "posterior",
    )  # fmt: skip
    assert answer.code == 0
    assert "9 cases added, 7 of them labelled" in answer.out
    assert "Broken: case_000: " in answer.err
    assert "Label refused: case_001: " in answer.err
    again = run("add", tmp_path / "p", "--images", images, "--json")
    assert json.loads(again.out)["known_before"] == CASES


def test_classes_are_accepted_by_name_or_value(run: Run, cohort: PhantomCohort, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    made = run(
        "new", folder, "--images", cohort.images, "--task", "classification", "--recipe", "small-classes",
        "--class", "normal", "--class", "atrophic",
    )  # fmt: skip
    assert made.code == 0, made.err
    answers = [run("accept", folder, "case_000", answer, "--reader", "ann", "--json") for answer in ("atrophic", "0")]
    assert [json.loads(answer.out)["class_value"] for answer in answers] == [1, 0]
    assert [json.loads(answer.out)["revision"] for answer in answers] == [1, 2]
    assert run("accept", folder, "case_000", "torn", "--reader", "ann").code == 2


def test_values_from_a_table_to_a_report(run: Run, cohort: PhantomCohort, tmp_path: Path) -> None:
    folder, table = tmp_path / "p", tmp_path / "ages.csv"
    table.write_text("case,age\n" + "".join(f"case_{number:03d},{40.5 + 5 * number}\n" for number in range(8)))
    new = ("new", folder, "--images", cohort.images, "--task", "regression", "--recipe", "small-values")
    short = run(*new, "--value", "age", "--unit", "years", "--low", 0)
    assert (short.code, "found not all" in short.err) == (2, True)
    none = run(*new)
    assert (none.code, "say what with --value" in none.err) == (2, True)
    made = run(*new, "--value", "age", "--unit", "years", "--low", 0, "--high", 120, "--labels", table)
    assert "9 cases added, 8 of them labelled" in made.out
    said = run("accept", folder, "case_008", "--value", "63.1", "--reader", "ann", "--json")
    assert (said.code, json.loads(said.out)["value"]) == (0, 63.1)
    for wrong in (("--value", "130"), ("benign",), ()):
        refused = run("accept", folder, "case_008", *wrong, "--reader", "ann")
        assert (refused.code, refused.out) == (2, "")
    assert "wants --value with a number after the case's name; found nothing" in refused.err
    trained = run("train", folder)
    assert trained.code == 0, trained.err
    assert "  mae " in trained.out
    assert "age (years), 0 to 120; 9 cases labelled" in run("status", folder).out
    reported = run("report", folder).out
    for figure in ("mean absolute error", "root mean squared error", "Pearson's r", "upper limit of agreement"):
        assert f"age (years)  {figure}" in reported
    assert "Calibration" not in reported


def test_a_number_is_no_mask_and_a_recipe_for_classes_says_no_number(run: Run, project: Path, tmp_path: Path) -> None:
    refused = run("accept", project, "case_000", "--value", "3", "--reader", "ann")
    assert (refused.code, "asks for a mask, not a value" in refused.err) == (2, True)
    wrong = run(
        "new", tmp_path / "other", "--images", project / "images" / "case_000", "--task", "regression",
        "--recipe", "small-classes", "--value", "age", "--low", 0, "--high", 120,
    )  # fmt: skip
    assert (wrong.code, "asks for a value; the recipe 'small-classes' answers with a class" in wrong.err) == (2, True)


@pytest.mark.parametrize("existed", [True, False])
def test_a_project_that_got_no_cases_is_no_project(run: Run, tmp_path: Path, existed: bool) -> None:
    folder = tmp_path / "p"
    if existed:
        folder.mkdir()
    (tmp_path / "images").mkdir()
    answer = run("new", folder, "--images", tmp_path / "images", "--task", "segmentation", "--label", "a")
    assert answer.code == 3
    assert folder.exists() is existed
    assert not existed or list(folder.iterdir()) == []


def test_a_folder_in_use_is_left_alone(run: Run, cohort: PhantomCohort, tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "thesis.txt").write_text("keep")
    answer = run("new", tmp_path / "p", "--images", cohort.images, "--task", "segmentation", "--label", "a")
    assert answer.code == 1
    assert [path.name for path in (tmp_path / "p").iterdir()] == ["thesis.txt"]


def test_phantoms_are_made_on_request(run: Run, tmp_path: Path) -> None:
    answer = run("sample", "phantom", "--out", tmp_path, "--cases", 1)
    assert answer.code == 0
    images = Path(answer.out.splitlines()[0].split(maxsplit=1)[1])
    assert [path.name for path in images.iterdir()] == ["case_000.nii.gz"]


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["train", "{project}"], 1, "at least one"),
        (["predict", "{project}"], 1, "has no model yet"),
        (["report", "{project}"], 1, "has no model yet"),
        (["serve", "{project}", "4"], 1, "has no model 4; it has none yet"),
        (["export", "{project}", "{tmp}/out"], 1, "no accepted case yet"),
        (["accept", "{project}", "nobody", "x.nii.gz", "--reader", "ann"], 1, "no case 'nobody'"),
        (["train", "{project}", "--task", "grading"], 2, "has no task 'grading'"),
        (["status", "{tmp}"], 2, "is not a project"),
        (["simulate", "{project}", "--truth", "{labels}", "--start", "50"], 2, "wanted at least 50"),
        (["accept", "{project}", "case_000", "{tmp}/none.nii.gz", "--reader", "ann"], 3, "no such file"),
        (["accept", "{project}", "case_000", "{labels}/case_003.nii.gz", "--reader", "ann"], 3, "image's grid"),
        (["add", "{project}", "--images", "{tmp}/nowhere"], 3, "found no such folder"),
        (["rank", "{project}", "--strategy", "best"], 4, "No extension 'best'"),
        (["export", "{project}", "{tmp}/out", "--format", "tape"], 4, "No extension 'tape'"),
    ],
)
def test_errors_are_one_line_and_a_code(
    run: Run, project: Path, cohort: PhantomCohort, tmp_path: Path, arguments: list[str], code: int, sentence: str
) -> None:
    places = {"project": project, "labels": cohort.labels, "tmp": tmp_path}
    answer = run(*(argument.format(**places) for argument in arguments))
    assert answer.code == code
    assert answer.out == ""
    (line,) = answer.err.splitlines()
    assert line.startswith("Error: ")
    assert sentence in line


@pytest.mark.parametrize("arguments", [["nonsense"], ["train"], ["rank", "p", "--top", "0"], ["accept", "p", "c", "m"]])
def test_a_command_that_cannot_be_understood_ends_with_two(run: Run, arguments: list[str]) -> None:
    answer = run(*arguments)
    assert answer.code == 2
    assert answer.out == ""


def test_a_broken_recipe_is_named_by_the_doctor(run: Run) -> None:
    answer = run("doctor", "--json")
    findings = {finding["what"]: finding for finding in json.loads(answer.out)}
    assert answer.code == 1
    assert findings["Extension wrong"]["health"] == "bad"
    assert "tests.nowhere" in findings["Extension wrong"]["found"]
    assert findings["small-recipes 1.0"]["found"].startswith("adds recipe small, recipe small-classes")
    assert findings["torch"]["health"] == "good"


def test_subjects_are_found_by_pattern(run: Run, tmp_path: Path) -> None:
    import numpy as np

    for name in ("p1_a", "p1_b", "p2_a"):
        write_image(tmp_path / "images" / f"{name}.nii.gz", np.arange(120, dtype=np.int16).reshape(4, 5, 6))
    answer = run(
        "new", tmp_path / "p", "--images", tmp_path / "images", "--task", "segmentation", "--label", "a",
        "--subject-pattern", r"p\d", "--name", "Ward 7",
    )  # fmt: skip
    assert answer.code == 0
    assert "Ward 7: 3 cases of 2 subjects" in run("status", tmp_path / "p").out
