import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

PARTS = [
    "Looked at",
    "Median case",
    "Largest",
    "Spacing",
    "Intensities",
    "Recipe",
    "Levels",
    "Kernels",
    "Strides",
    "Patch",
    "Steps",
]


def test_the_plan_is_shown_in_words(run: Run, project: Path) -> None:
    answer = run("plan", project)
    assert answer.code == 0, answer.err
    lines = answer.out.splitlines()
    assert [line[:15].strip() for line in lines] == [*PARTS, "Learning rate", "Memory"]
    assert "Looked at      9 unlabelled cases, channels: 1" in lines
    assert "Patch          16 x 16 x 16 voxels, 2 in a step, 33% on labels" in lines
    assert "Intensities    channel 1: each volume by itself" in lines
    assert "GiB in a step, measured" in lines[-1]


def test_the_plan_is_told_to_programs_with_another_recipe_too(run: Run, project: Path) -> None:
    found = json.loads(run("plan", project, "--recipe", "unet", "--json").out)
    assert found["recipe"] == "unet"
    assert found["plan"]["widths"][0] in (16, 32)
    assert found["fingerprint"]["cases"] == 9
    assert found["step_bytes"] < found["budget_bytes"]


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ("plan = { patch = [17, 16, 16] }", "plan.patch: found (17, 16, 16); wanted multiples of (2, 2, 2)"),
        ("plan = { batch = 0 }", "plan.batch: found 0; wanted 1 or more"),
        ("plan = { batsh = 2 }", "unknown key 'tasks.segmentation.plan.batsh'"),
    ],
)
def test_a_change_that_cannot_be_is_refused_by_name(run: Run, project: Path, table: str, complaint: str) -> None:
    path = project / "medal.toml"
    path.write_text(path.read_text().replace("[tasks.segmentation]", f"[tasks.segmentation]\n{table}"))
    answer = run("plan", project)
    assert answer.code == 2
    assert complaint in answer.err
