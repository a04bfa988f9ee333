"""Without a window and without a network library: what must stay cheap to import, in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.entries import EXTENSION_GROUPS, declared_extensions

QT = ("PyQt5", "PyQt6", "PySide2", "PySide6", "magicgui", "napari", "pyqtgraph", "qtpy", "superqt", "vispy")
TORCH = ("monai", "safetensors", "torch")

IMPORT_AND_TELL = """
import importlib, json, sys
for target in json.loads(sys.argv[1]):
    name, _, attribute = target.partition(":")
    module = importlib.import_module(name)
    if attribute:
        getattr(module, attribute)
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""

TORCHLESS = """
import sys
for name in ("torch", "monai"):
    sys.modules[name] = None
"""


def _import_alone(repo_root: Path, targets: list[str], before: str = "") -> set[str]:
    """Import `targets` in a fresh interpreter and return the top-level packages that came along."""
    search = [str(repo_root / folder) for folder in (".", "plugins", "models")]
    answer = subprocess.run(
        [sys.executable, "-W", "error::SyntaxWarning", "-c", before + IMPORT_AND_TELL, json.dumps(targets)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(search)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return set(json.loads(answer.stdout.splitlines()[-1]))


def _modules(source_root: Path, package: str, *left_out: str) -> list[str]:
    """Return the dotted names of all modules under a package, but for the folders and modules left out."""
    names = []
    for path in sorted((source_root / package).rglob("*.py")):
        parts = path.relative_to(source_root).with_suffix("").parts
        # Alembic runs what lies under "migrations" in a context of its own; `python -m` runs "__main__".
        if {*left_out, "migrations", "__main__"}.isdisjoint(parts):
            names.append(".".join(part for part in parts if part != "__init__"))
    return names


def test_importing_the_package_costs_nothing(repo_root: Path) -> None:
    assert _import_alone(repo_root, ["napari_medal"]) & {*QT, *TORCH, "numpy"} == set()


def test_beside_engine_loop_and_gui_the_host_knows_neither_qt_nor_torch(repo_root: Path) -> None:
    # The demonstration runs the loop, and its command imports it only then.
    names = _modules(repo_root, "napari_medal", "gui", "engine", "loop", "demonstration")
    assert "napari_medal.core.grid" in names
    assert "napari_medal.contributions" in names
    assert _import_alone(repo_root, names) & {*QT, *TORCH} == set()


@pytest.mark.parametrize("package", ["engine", "loop"])
def test_training_needs_no_qt(repo_root: Path, package: str) -> None:
    names = _modules(repo_root, f"napari_medal/{package}")
    assert _import_alone(repo_root, names) & {*QT} == set()


def test_recipes_can_be_listed_where_torch_is_absent(repo_root: Path) -> None:
    names = _modules(repo_root / "models", "napari_medal_models")
    assert _import_alone(repo_root, names) & {*QT} == set()
    recipes = [name for name in names if name.endswith(".recipe")]
    assert recipes
    assert _import_alone(repo_root, recipes, TORCHLESS) & {*QT} == set()
    assert _import_alone(repo_root, recipes) & {*QT, *TORCH} == set()


def test_plugins_import_without_qt_but_for_their_panels(repo_root: Path) -> None:
    names = _modules(repo_root / "plugins", "napari_medal_plugins", "panel")
    assert _import_alone(repo_root, names) & {*QT, *TORCH} == set()


@pytest.mark.parametrize("kind", EXTENSION_GROUPS)
def test_loading_every_extension_needs_neither_qt_nor_torch(repo_root: Path, kind: str) -> None:
    points = [point for point in declared_extensions(repo_root) if point.group == f"napari_medal.{kind}"]
    assert points
    assert _import_alone(repo_root, [point.value for point in points]) & {*QT, *TORCH} == set()


def test_no_extension_group_is_left_out(repo_root: Path) -> None:
    groups = {point.group for point in declared_extensions(repo_root)}
    assert groups == {f"napari_medal.{kind}" for kind in EXTENSION_GROUPS}


def test_a_heavy_import_is_seen(repo_root: Path) -> None:
    assert "qtpy" in _import_alone(repo_root, ["qtpy"])
