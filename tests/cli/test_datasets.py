"""The commands for datasets."""

import json
from pathlib import Path

from napari_medal.io.samples.phantom import PhantomCohort
from tests.cli.conftest import Run


def test_a_dataset_is_exported_and_verified(run: Run, project: Path, cohort: PhantomCohort, tmp_path: Path) -> None:
    for number in range(2):
        name = f"case_00{number}"
        assert run("accept", project, name, cohort.labels / f"{name}.nii.gz", "--reader", "Jane Doe").code == 0
    refused = run("export", project, tmp_path / "out", "--format", "nnunet")
    assert refused.code == 1
    assert "the reader 'Ja…' looks like a person's name" in refused.err
    assert not (tmp_path / "out").exists()
    chosen = ("--only", "segmentation", "--split", "undrawn", "--confirm-no-personal-data", "--json")
    report = json.loads(run("export", project, tmp_path / "out", "--format", "nnunet", *chosen).out)
    assert report["cases"] == 2
    whole = run("verify", tmp_path / "out")
    assert (whole.code, whole.out) == (0, f"{report['files'] - 1} files: all as they were written.\n")
    (tmp_path / "out" / "README.md").unlink()
    (tmp_path / "out" / "more.txt").write_text("more")
    broken = run("verify", tmp_path / "out")
    assert broken.code == 1
    assert broken.out.splitlines()[:2] == ["missing  README.md", "extra  more.txt"]
    assert json.loads(run("verify", tmp_path / "out", "--json").out)["extra"] == ["more.txt"]
    assert run("verify", tmp_path).code == 3


def test_formats_are_listed(run: Run) -> None:
    names = [line.split()[0] for line in run("formats").out.splitlines()]
    assert {"bids", "decathlon", "nifti", "nnunet"} <= set(names)
    assert json.loads(run("formats", "--json").out)["nnunet"] == "nnU-Net v2, raw"
