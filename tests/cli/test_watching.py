"""The command that waits for new images."""

import json
import shutil
import time
from pathlib import Path

from napari_medal.io.samples.phantom import PhantomCohort
from tests.cli.conftest import Run


def test_once_adds_what_is_there_and_ends(run: Run, project: Path, cohort: PhantomCohort, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    shutil.copy(cohort.images / "case_000.nii.gz", inbox / "new_one.nii.gz")
    (inbox / "bad.nii.gz").write_bytes(b"<html>")
    answer = run("watch", project, inbox, "--once", "--every", 0, "--json")
    assert answer.code == 0, answer.err
    report = json.loads(answer.out)
    assert set(report["added"]) == {"bad", "new_one"}
    assert [broken["case"] for broken in report["broken"]] == ["bad"]
    again = run("watch", project, inbox, "--once", "--every", 0)
    assert (again.code, "new_one" in again.out) == (0, False)


def test_a_missing_folder_is_an_error_at_once(run: Run, project: Path, tmp_path: Path) -> None:
    answer = run("watch", project, tmp_path / "gone")
    assert answer.code == 3
    assert "gone" in answer.err


def test_it_goes_on_until_it_is_interrupted(
    run: Run, project: Path, cohort: PhantomCohort, tmp_path: Path, monkeypatch
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    looks = []

    def pause(seconds: float) -> None:
        """Let something happen in the folder instead of waiting."""
        looks.append(seconds)
        if len(looks) == 1:
            shutil.copy(cohort.images / "case_000.nii.gz", inbox / "new_one.nii.gz")
        elif len(looks) == 3:
            shutil.copy(inbox / "new_one.nii.gz", inbox / "new_one.nii")  # the same case twice
        elif len(looks) == 6:
            raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", pause)
    answer = run("watch", project, inbox, "--every", 7)
    assert answer.code == 0, answer.err
    assert set(looks) == {7.0}
    assert "1 case added, 0 labelled: new_one." in answer.out
    assert answer.err.count("both of the case new_one") == 1
    assert answer.err.strip().endswith("No longer watched.")
