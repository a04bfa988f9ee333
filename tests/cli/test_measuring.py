"""The commands about figures of masks."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Run
from tests.small import write_image

TASK = "lower-grade-glioma"


@pytest.fixture
def gliomas(run: Run, tmp_path: Path) -> Path:
    for seed in range(6):
        array = np.random.default_rng(seed).normal(100, 10, (14, 14, 10))
        mask = np.zeros(array.shape, dtype=np.uint8)
        mask[3 : 8 + seed % 3, 4:10, 2:7] = 1
        write_image(tmp_path / "images" / f"P{seed}.nii.gz", (array + 200 * mask).astype(np.float32))
        write_image(tmp_path / "images" / f"P{seed}_mask.nii.gz", mask)
    made = run("new", tmp_path / "project", "--images", tmp_path / "images", "--task", TASK, "--recipe", "small")
    assert made.code == 0, made.err
    return tmp_path / "project"


def test_features_as_a_table_as_json_and_in_a_file(run: Run, gliomas: Path, tmp_path: Path) -> None:
    printed = run("features", gliomas)
    rows = list(csv.DictReader(printed.out.splitlines()))
    assert [row["case"] for row in rows] == [f"P{seed}" for seed in range(6)]
    assert {row["mask"] for row in rows} == {"label"}
    assert float(rows[0]["volume_mL"]) == 5 * 6 * 5 / 1000
    found = json.loads(run("features", gliomas, "--json").out)
    assert found["cases"][0]["values"][3] == 0.15
    assert run("features", gliomas, "--out", tmp_path / "f.csv").out == f"6 masks: {tmp_path / 'f.csv'}\n"
    assert (tmp_path / "f.csv").read_text() == printed.out


def test_folds_put_predictions_beside_labels(run: Run, gliomas: Path) -> None:
    refused = run("features", gliomas, "--folds", "1")
    assert (refused.code, "wanted two at least" in refused.err) == (2, True)
    rows = list(csv.DictReader(run("features", gliomas, "--folds", "2").out.splitlines()))
    again = list(csv.DictReader(run("features", gliomas).out.splitlines()))
    assert rows == again
    masks = [row["mask"] for row in rows]
    assert masks.count("label") == 6
    assert masks.count("prediction") >= 4  # none of the cases that are set aside for testing
    assert {row["has_learned"] for row in rows} == {"no"}


def test_associate_says_and_writes_what_it_found(run: Run, gliomas: Path, tmp_path: Path) -> None:
    table = tmp_path / "genomics.csv"
    table.write_text("age,patient,kind\n" + "".join(f"{seed},P{seed},{'ab'[seed % 2]}\n" for seed in range(6)))
    asked = ("associate", gliomas, "--table", table, "--out", tmp_path / "out", "--key", "patient", "--column", "kind")
    answer = run(*asked)
    assert answer.code == 0, answer.err
    assert answer.out.startswith("6 subjects of the table have a label; 0 have none.\nBy labels: 4 pairs tested;")
    assert answer.out.rstrip().endswith("with association.csv, association.png and features.csv beside it.")
    assert len(list((tmp_path / "out").iterdir())) == 4
    assert run(*asked).code == 1
    strange = run("associate", gliomas, "--table", table, "--out", tmp_path / "no", "--key", "kinds")
    assert (strange.code, "no column 'kinds'" in strange.err) == (3, True)


def test_a_task_that_measures_nothing_is_refused(run: Run, project: Path) -> None:
    answer = run("features", project)
    assert (answer.code, "reads no figures off its masks" in answer.err) == (2, True)
