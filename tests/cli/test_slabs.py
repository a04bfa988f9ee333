"""Slabs of slices on the command line: asked for, labelled, and left out the next time."""

import json
from pathlib import Path

from napari_medal.io.samples.phantom import PhantomCohort
from tests.cli.conftest import Run


def test_slabs_are_listed_and_labelled(run: Run, project: Path, cohort: PhantomCohort) -> None:
    for name in ("case_000", "case_001", "case_002"):
        assert run("accept", project, name, cohort.labels / f"{name}.nii.gz", "--reader", "ann").code == 0
    refused = run("slabs", project)
    assert refused.code == 1
    assert "no live model" in refused.err
    assert run("train", project).code == 0
    assert run("predict", project).code == 0

    listed = run("slabs", project, "--count", 4, "--thickness", 3)
    assert [line.split()[0] for line in listed.out.splitlines()] == ["1", "2", "3", "4"]
    slabs = json.loads(run("slabs", project, "--count", 4, "--thickness", 3, "--json").out)
    first = slabs[0]
    slices = f"{first['first'] + 1}-{first['last'] + 1}"
    assert first["reason"].endswith(f"uncertain on slices {slices}")
    assert f"   1  {first['case']}  {first['reason']}\n" in listed.out

    mask = cohort.labels / f"{first['case']}.nii.gz"
    assert run("accept", project, first["case"], mask, "--reader", "ann", "--slices", slices).code == 0
    everything = run("slabs", project, "--count", 500, "--thickness", 3, "--json").out
    for slab in json.loads(everything):
        assert slab["case"] != first["case"] or slab["last"] < first["first"] or slab["first"] > first["last"]
    assert "No more than" in run("slabs", project, "--count", 500).err
