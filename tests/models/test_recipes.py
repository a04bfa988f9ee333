"""What holds for every recipe that the project declares."""

import subprocess
import sys
from pathlib import Path

from tests.entries import declared_extensions

LIST_AND_PLAN = """
import importlib, os, sys
for target in sys.argv[1:]:
    module, _, name = target.partition(":")
    recipe = getattr(importlib.import_module(module), name)
    from napari_medal.core.plan import Fingerprint, Memory
    nine = Fingerprint(1, 1, (1.0, 1.0, 1.0), (9, 9, 9), (9, 9, 9), False)
    print(recipe.name, recipe.plan(nine, Memory(1, False)).patch)
heavy = {name for name in sys.modules if name.partition(".")[0] in ("torch", "monai")}
sys.exit(1 if heavy else 0)
"""


def test_listing_and_planning_import_no_network_library(repo_root: Path) -> None:
    targets = [point.value for point in declared_extensions(repo_root) if point.group == "napari_medal.recipes"]
    answer = subprocess.run(
        [sys.executable, "-c", LIST_AND_PLAN, *targets],
        env={"PYTHONPATH": ":".join(str(repo_root / folder) for folder in (".", "plugins", "models"))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert len(answer.stdout.splitlines()) == len(targets) >= 2


def test_recipes_go_by_the_name_of_their_entry_point(repo_root: Path) -> None:
    points = [point for point in declared_extensions(repo_root) if point.group == "napari_medal.recipes"]
    assert all(point.load().name == point.name for point in points)
