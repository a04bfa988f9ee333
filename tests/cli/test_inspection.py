"""Folders before and on their way into a project, on the command line."""

import json
from pathlib import Path

import numpy as np
import pytest

from napari_medal.loop.pseudonym_key import KEY_VARIABLE
from tests.cli.conftest import Run
from tests.io.folders.examples import MASK, image, write_bids
from tests.small import write_image

LABELS = ("--label", "1=anterior", "--label", "2=posterior")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound case, an oblique one with a mask elsewhere, one with a value that is no number, and a torn one."""
    write_image(tmp_path / "images" / "a.nii.gz", image(0), np.diag([-1.0, -2, 3, 1]))
    write_image(tmp_path / "images" / "a_seg.nii.gz", MASK, np.diag([-1.0, -2, 3, 1]))
    turned = np.array([[0.9, -0.436, 0, 0], [0.436, 0.9, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    write_image(tmp_path / "images" / "b.nii.gz", image(1), turned)
    write_image(tmp_path / "images" / "b_seg.nii.gz", MASK)
    write_image(tmp_path / "images" / "c.nii.gz", np.where(MASK, np.float32("nan"), np.float32(1)))
    (tmp_path / "images" / "d.nii.gz").write_bytes(b"torn")
    return tmp_path / "images"


def test_a_folder_is_inspected_without_a_project(run: Run, folder: Path) -> None:
    found = json.loads(run("inspect", folder, "--json").out)
    assert found["form"] == "folder of images"
    cases = {case["name"]: case for case in found["cases"]}
    assert cases["a"]["spacing_mm"] == [3, 2, 1]
    assert cases["a"]["shape"] == [8, 7, 6]
    assert (cases["a"]["orientation"], cases["a"]["mask"], cases["a"]["notes"]) == ("LPS", "fits", [])
    assert round(cases["b"]["obliquity_degrees"]) == 26
    assert (cases["b"]["orientation"], cases["b"]["mask"]) == ("RAS", "refused")
    assert [note["kind"] for note in cases["b"]["notes"]] == ["oblique", "label on another grid"]
    assert [note["verdict"] for note in cases["c"]["notes"]] == ["repairable"]
    assert cases["d"]["shape"] is None
    assert "d.nii.gz" in cases["d"]["notes"][0]["words"]


def test_the_report_is_a_table_for_people(run: Run, folder: Path) -> None:
    answer = run("inspect", folder)
    assert answer.code == 0
    rows = {line.split()[1]: line for line in answer.out.splitlines() if line.startswith("│")}
    assert "3 x 2 x 1" in rows["a"]
    assert "fits" in rows["a"]
    assert "broken" in rows["c"]
    assert "label on another grid" in answer.err
    assert "not finite" in answer.err


def test_masks_from_another_folder_are_compared(run: Run, tmp_path: Path) -> None:
    write_bids(tmp_path / "bids")
    found = json.loads(run("inspect", tmp_path / "bids", "--json").out)
    masks = {case["name"]: case["mask"] for case in found["cases"]}
    assert masks == {"sub-01": "fits", "sub-02_ses-a": "none", "sub-02_ses-b": "fits", "sub-03": "none"}
    assert {case["channels"] for case in found["cases"]} == {2}


def test_what_is_repairable_is_said_then_repaired(run: Run, folder: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    first = run("new", project, "--images", folder, "--task", "segmentation", "--recipe", "small", *LABELS)
    assert first.code == 0, first.err
    assert "4 cases added, 1 of them labelled" in first.out
    assert "Broken: c: " in first.err
    assert "repairable" in first.err
    status = run("status", project).out
    assert "1 oblique" in status
    assert "1 values that are not finite" in status
    second = run("add", project, "--images", folder, "--repair")
    assert second.code == 0, second.err
    assert "1 cases that were broken can be used now." in second.err
    report = json.loads(run("add", project, "--images", folder, "--repair", "--json").out)
    assert (report["form"], report["known_before"]) == ("folder of images", ["a", "b", "c", "d"])
    assert [broken["case"] for broken in report["broken"]] == ["d"]


def test_forms_and_pseudonyms_are_options(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "pseudonym.key"))
    project = tmp_path / "project"
    write_bids(tmp_path / "bids")
    common = ("--task", "segmentation", "--recipe", "small", *LABELS, "--json")
    report = json.loads(run("new", project, "--images", tmp_path / "bids", "--pseudonyms", *common).out)
    assert report["form"] == "BIDS dataset"
    assert len(report["added"]) == 4
    assert all(name.startswith("s-") for name in report["added"])
    assert len(report["remarks"]) == 2
    assert "sub-" not in str(report["remarks"])
    assert run("add", project, "--images", folder, "--form", "nothing").code == 4
    assert run("add", project, "--images", folder, "--form", "slices").code == 3
