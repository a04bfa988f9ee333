import csv
import json
from pathlib import Path

import nibabel
import numpy as np

from napari_medal.io.samples.phantom import PhantomCohort
from tests.cli.conftest import Run

CASE = "case_000"


def test_cases_are_flagged_rejected_skipped_and_reopened(run: Run, project: Path) -> None:
    wanted = {"flag": "needs a second look", "reject": "rejected", "skip": "skipped", "reopen": "in progress"}
    for command, state in wanted.items():
        answer = run(command, project, CASE)
        assert (answer.code, answer.out) == (0, f"{CASE}: {state}.\n"), answer.err
        assert json.loads(run(command, project, CASE, "--json").out)["state"] == state
        assert json.loads(run("status", project, "--json").out)["states"][state] == 1
    assert run("flag", project, "nobody").code == 1


def test_notes_are_kept_and_shown(run: Run, project: Path) -> None:
    first = run("note", project, CASE, "--comment", "motion", "--reader", "ann", "--tag", "ct", "--difficulty", 4)
    assert first.code == 0, first.err
    assert "difficulty 4; tags: ct" in first.out
    assert "ann: motion" in first.out
    found = json.loads(run("note", project, CASE, "--tag", "post-op", "--untag", "ct", "--difficulty", 0, "--json").out)
    assert (found["difficulty"], found["tags"]) == (None, ["post-op"])
    assert [comment["text"] for comment in found["comments"]] == ["motion"]
    assert run("note", project, CASE, "--comment", "anonymous").code == 2
    assert run("note", project, CASE, "--difficulty", 9).code == 2
    assert "not said" in run("note", project, "case_001").out


def test_some_slices_are_accepted_and_exported_as_such(
    run: Run, project: Path, cohort: PhantomCohort, tmp_path: Path
) -> None:
    mask = cohort.labels / f"{CASE}.nii.gz"
    answer = run("accept", project, CASE, mask, "--reader", "ann", "--slices", "4-6,8")
    assert answer.code == 0, answer.err
    assert "accepted in part: slices 4-6, 8 of" in answer.out
    assert "accepted)" not in answer.out
    assert run("accept", project, CASE, mask, "--reader", "ann", "--slices", "x").code == 3
    assert run("accept", project, CASE, mask, "--reader", "ann", "--slices", "400").code == 3
    ranked = json.loads(run("rank", project, "--json").out)
    assert CASE in {entry["case"] for entry in ranked}
    assert "1 of them in part; concurrent reading" in run("status", project).out
    run("note", project, CASE, "--tag", "ct", "--tag", "motion", "--difficulty", 2)
    run("note", project, CASE, "--comment", "ask Mrs. Jane Doe", "--reader", "ann")
    assert run("export", project, tmp_path / "out").code == 0
    with (tmp_path / "out" / "annotations.csv").open(newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["confirmed"], row["mode"], row["difficulty"], row["tags"]) == (
        "4-6, 8",
        "concurrent",
        "2",
        "ct; motion",
    )
    description = json.loads((tmp_path / "out" / "dataset.json").read_text())
    assert description["confirmed"]["slices"] == {"segmentation": {CASE: "4-6, 8"}}
    assert "nobody has looked at the rest" in description["confirmed"]["note"]
    exported = nibabel.load(tmp_path / "out" / "confirmed" / "segmentation" / f"{CASE}.nii.gz")
    found = np.asarray(exported.dataobj)
    original = nibabel.load(mask)
    assert found.shape == original.shape
    assert np.allclose(exported.affine, original.affine)
    axis = next(i for i, code in enumerate(nibabel.aff2axcodes(exported.affine)) if code in "SI")
    flags = found.all(axis=tuple({0, 1, 2} - {axis}))
    flags = flags if nibabel.aff2axcodes(exported.affine)[axis] == "S" else flags[::-1]
    assert np.flatnonzero(flags).tolist() == [3, 4, 5, 7]
    assert not any(b"Jane" in path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert run("export", project, tmp_path / "whole", "--whole-only").code == 1  # nothing is left


def test_drafts_come_along_and_the_mode_is_chosen(run: Run, cohort: PhantomCohort, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    answer = run(
        "new", folder, "--images", cohort.images, "--labels", cohort.labels, "--labels-as", "drafts",
        "--task", "segmentation", "--label", "anterior", "--label", "posterior", "--recipe", "small",
        "--reading", "second-read",
    )  # fmt: skip
    assert answer.code == 0, answer.err
    assert "9 cases added, 0 of them labelled, 9 with a draft to start from" in answer.out
    assert "second-read reading" in run("status", folder).out
    mask = cohort.labels / f"{CASE}.nii.gz"
    assert "first of a second read" in run("accept", folder, CASE, mask, "--reader", "ann").out
    assert run("train", folder).code == 1  # nothing is accepted yet
    assert "revision 3 by ann accepted" in run("accept", folder, CASE, mask, "--reader", "ann").out
    assert run("new", tmp_path / "q", "--images", cohort.images, "--task", "segmentation", "--label", "a",
               "--reading", "alone").code == 2  # fmt: skip


def test_a_second_reader_verifies_on_the_command_line(run: Run, tmp_path: Path, cohort: PhantomCohort) -> None:
    project = tmp_path / "twice"
    made = run(
        "new", project, "--images", cohort.images, "--labels", cohort.labels, "--task", "segmentation",
        "--recipe", "small", "--label", "1=anterior", "--label", "2=posterior", "--verification", "second-reader",
    )  # fmt: skip
    assert made.code == 0, made.err
    assert "Second reader: 9 to verify, 0 verified, 0 of them corrected." in run("status", project).out
    own = run("accept", project, CASE, "--reader", "imported", "--verify")
    assert (own.code, "wanted another reader to verify it" in own.err) == (1, True)
    same = run("accept", project, CASE, "--reader", "eve", "--verify")
    assert same.out == f"{CASE}: revision 2 by eve accepted: verified, unchanged.\n", same.err
    mask = nibabel.load(cohort.labels / "case_001.nii.gz")
    changed = np.asarray(mask.dataobj).copy()
    place = tuple(np.argwhere(changed == 1)[0])
    changed[place] = 0
    corrected = tmp_path / "corrected.nii.gz"
    nibabel.Nifti1Image(changed, mask.affine).to_filename(corrected)
    other = run("accept", project, "case_001", corrected, "--reader", "eve", "--verify")
    assert other.out == "case_001: revision 2 by eve accepted: verified, 1 voxel corrected.\n", other.err
    assert "7 to verify, 2 verified, 1 of them corrected; Dice " in run("status", project).out
    agreed = json.loads(run("status", project, "--json").out)["tasks"][0]["second_reader"]
    assert (agreed["awaiting"], agreed["verified"], agreed["corrected"]) == (7, 2, 1)
    assert run("export", project, tmp_path / "out", "--verified-only").code == 0
    with (tmp_path / "out" / "annotations.csv").open(newline="") as stream:
        assert [(row["case"], row["corrected"]) for row in csv.DictReader(stream)] == [(CASE, "0"), ("case_001", "1")]
    assert run("accept", project, "case_002", "--reader", "eve").code == 2
