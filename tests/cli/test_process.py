"""The command line as a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

from napari_medal.io.samples.phantom import PhantomCohort

MODULES_AFTER = """
import json, sys
from typer.testing import CliRunner
from napari_medal.cli import app
arguments = json.loads(sys.argv[1])
result = CliRunner().invoke(app, arguments)
print(json.dumps([result.exit_code, sorted({name.partition(".")[0] for name in sys.modules})]))
"""
HEAVY = {"torch", "monai", "napari", "qtpy", "PySide6", "PyQt6", "magicgui", "SimpleITK", "scipy", "sklearn"}


def _process(repo_root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    search = os.pathsep.join(str(repo_root / folder) for folder in (".", "plugins", "models"))
    return subprocess.run(
        [sys.executable, *arguments],
        env=os.environ | {"PYTHONPATH": search, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def _modules_after(repo_root: Path, *arguments: str) -> set[str]:
    answer = _process(repo_root, "-c", MODULES_AFTER, json.dumps(arguments))
    assert answer.returncode == 0, answer.stderr
    code, modules = json.loads(answer.stdout.splitlines()[-1])
    assert code == 0
    return set(modules)


def test_help_imports_nothing_heavy(repo_root: Path) -> None:
    assert not _modules_after(repo_root, "--help") & HEAVY


def test_help_of_a_command_imports_nothing_heavy(repo_root: Path) -> None:
    assert not _modules_after(repo_root, "simulate", "--help") & HEAVY


def test_help_names_every_command(repo_root: Path) -> None:
    answer = _process(repo_root, "-m", "napari_medal", "--help")
    assert answer.returncode == 0
    commands = "new add status train predict rank accept simulate export sample open demo doctor"
    for command in commands.split():
        assert f" {command} " in answer.stdout


def test_an_error_is_a_line_and_no_trace(repo_root: Path, tmp_path: Path) -> None:
    answer = _process(repo_root, "-m", "napari_medal", "status", str(tmp_path))
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr.splitlines()[-1] == f"Error: {tmp_path} is not a project: it holds no medal.toml."
    assert "Traceback" not in answer.stderr


def test_a_project_is_made_and_looked_at(repo_root: Path, cohort: PhantomCohort, tmp_path: Path) -> None:
    made = _process(
        repo_root, "-m", "napari_medal", "new", str(tmp_path / "p"), "--images", str(cohort.images),
        "--labels", str(cohort.labels), "--task", "segmentation", "--label", "anterior", "--label", "posterior",
        "--json",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert len(json.loads(made.stdout)["labelled"]) == 9
    assert made.stderr == ""
