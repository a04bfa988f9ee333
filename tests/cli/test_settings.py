import json
from pathlib import Path

import pytest

from napari_medal.catalogue.settings import load_settings
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.task_choices import TaskChoices
from napari_medal.core.verification import LearnFrom, Verification
from napari_medal.io.samples.phantom import PhantomCohort
from tests.cli.conftest import Run

TASK = "segmentation"
ALL_OF_IT = (
    "--strategy", "power", "--measure", "variance", "--audit-every", 0, "--verification", "second-reader",
    "--learn-from", "verified", "--reading", "triage", "--retrain-after", 9,
)  # fmt: skip


def _accept(run: Run, project: Path, cohort: PhantomCohort, *numbers: int) -> None:
    for number in numbers:
        name = f"case_{number:03d}"
        answer = run("accept", project, name, cohort.labels / f"{name}.nii.gz", "--reader", "ann")
        assert answer.code == 0, answer.err


def test_what_a_task_asks_for_is_shown_in_words_and_nothing_is_changed(run: Run, project: Path) -> None:
    before = (project / "medal.toml").read_text(encoding="utf-8")
    answer = run("settings", project)
    assert (answer.code, answer.err) == (0, "")
    for words in (
        "staged: Typical cases at first,",
        "random: Random order",
        "pairwise-dice: Disagreement",
        "variance: Spread of the ensemble members",
        "5: one case in so many",
        "none: the reader who accepts a label",
        "verified: those that a second reader has verified",
        "triage: it orders the list",
        "3: after so many accepted cases",
    ):
        assert words in answer.out, words
    assert (project / "medal.toml").read_text(encoding="utf-8") == before


def test_all_of_it_can_be_changed_and_what_comes_of_it_is_said(run: Run, project: Path, cohort: PhantomCohort) -> None:
    _accept(run, project, cohort, 0, 1)
    answer = run("settings", project, *ALL_OF_IT)
    wanted = TaskChoices("power", "variance", 0, Verification.SECOND_READER, LearnFrom.VERIFIED, ReadingMode.TRIAGE, 9)
    assert load_settings(project).choices(TASK) == wanted
    assert answer.err.splitlines() == [
        "Without random cases nobody can tell how good the model is; figures that are there stay.",
        "2 labels that are there await a second reader before anything learns from them.",
        "No label is verified yet, so nothing can be trained.",
    ]
    assert "(0 of 2)" in answer.out
    assert "0: none" in answer.out
    assert "verified labels alone" in run("train", project).err
    assert run("accept", project, "case_000", "--reader", "bob", "--verify").code == 0
    shown = json.loads(run("settings", project, "--json").out)
    assert (shown["task"], shown["verified"], shown["unverified"]) == (TASK, 1, 1)
    assert shown["now"] == {
        "strategy": "power",
        "measure": "variance",
        "audit_every": 0,
        "verification": "second-reader",
        "learn_from": "verified",
        "reading": "triage",
        "retrain_after": 9,
    }
    assert {"name", "title", "explained"} == shown["strategies"][0].keys()


def test_another_measure_says_how_its_scores_are_made(run: Run, project: Path, cohort: PhantomCohort) -> None:
    _accept(run, project, cohort, 0, 1)
    assert "predict" not in run("settings", project, "--measure", "entropy").err, "nothing was scored yet"
    assert run("train", project).code == 0
    answer = run("settings", project, "--measure", "variance")
    assert f"come from 'entropy'; make them anew: napari-medal predict {project}" in answer.err
    assert run("settings", project, "--strategy", "first").err == ""
    assert [entry["case"] for entry in json.loads(run("rank", project, "--json").out)][-1] == "case_008"


@pytest.mark.parametrize(
    ("options", "code", "complaint"),
    [
        (("--strategy", "guess"), 4, "No extension 'guess' in napari_medal.strategies; installed: class-stratified"),
        (("--measure", "guess"), 4, "No extension 'guess' in napari_medal.measures; installed: class-entropy"),
        (("--audit-every", -1), 2, "--audit-every"),
        (("--verification", "twice"), 2, "second-reader"),
        (("--task", "other", "--strategy", "first"), 2, "has no task 'other'; it has segmentation"),
    ],
)
def test_what_cannot_be_is_refused_whole(
    run: Run, project: Path, options: tuple[object, ...], code: int, complaint: str
) -> None:
    before = (project / "medal.toml").read_text(encoding="utf-8")
    answer = run("settings", project, "--retrain-after", 1, *options)
    assert answer.code == code
    assert complaint in answer.err
    assert (project / "medal.toml").read_text(encoding="utf-8") == before


def test_status_says_what_comes_next(run: Run, project: Path) -> None:
    assert "next by staged, unsure by pairwise-dice, one case in 5 drawn at random" in run("status", project).out
    run("settings", project, "--audit-every", 0, "--strategy", "random")
    assert "next by random, unsure by pairwise-dice, no case drawn at random" in run("status", project).out
    assert json.loads(run("status", project, "--json").out)["tasks"][0]["choices"]["strategy"] == "random"
