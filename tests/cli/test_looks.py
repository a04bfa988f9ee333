import json
from pathlib import Path

from napari_medal.io.samples.phantom import PhantomCohort
from tests.cli.conftest import Run
from tests.cli.test_learning import _label


def test_a_search_prints_nothing_but_the_list(run: Run, project: Path, cohort: PhantomCohort) -> None:
    _label(run, project, cohort, 6)
    searched = run("second-looks", project, "--folds", 2)
    assert searched.code == 0, searched.err
    assert "6 labels compared with the answers of 2 trainings that had not seen them." in searched.err
    stored = run("second-looks", project, "--list")
    assert stored.out == searched.out
    assert "compared" not in stored.err
    listed = json.loads(run("second-looks", project, "--list", "--json").out)
    assert len(listed) == len(searched.out.splitlines())
    for line, look in zip(searched.out.splitlines(), listed, strict=True):
        assert look["case"] in line
        assert line.endswith(f"{look['kind']}: {look['reason']}")


def test_the_list_is_cut_and_what_is_right_is_taken_off(run: Run, project: Path, cohort: PhantomCohort) -> None:
    twins = project.parent / "twins"
    twins.mkdir()
    for source in sorted(cohort.images.iterdir())[:2]:
        (twins / f"twin_{source.name}").write_bytes(source.read_bytes())
    assert run("add", project, "--images", twins).code == 0
    answer = run("second-looks", project)
    assert "takes labels of two subjects at least" in answer.err
    assert [line.split()[1] for line in answer.out.splitlines()] == ["twin_case_000", "twin_case_001"]
    assert len(run("second-looks", project, "--list", "--top", 1).out.splitlines()) == 1
    after = run("second-looks", project, "--dismiss", "twin_case_000")
    assert [line.split()[1] for line in after.out.splitlines()] == ["twin_case_001"]
    again = run("second-looks", project, "--dismiss", "twin_case_000")
    assert again.code == 2
    assert "'twin_case_000' is not on the list" in again.err
    assert run("second-looks", project, "--dismiss", "nobody").code == 1


def test_an_empty_list_is_said(run: Run, project: Path) -> None:
    answer = run("second-looks", project, "--list")
    assert (answer.code, answer.out) == (0, "")
    assert "Nothing to look at again." in answer.err
