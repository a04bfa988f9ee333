"""The rules of docs/architecture.md, run; and each rule tried against a planted breach."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGES = ("napari_medal", "plugins/napari_medal_plugins", "models/napari_medal_models")
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
TASK = "plugins/napari_medal_plugins/planted/task.py"
PANEL = "plugins/napari_medal_plugins/planted/panel.py"
RECIPE = "models/napari_medal_models/planted/recipe.py"


@dataclass(frozen=True)
class Breach:
    """A file that breaks a contract."""

    contract: str
    path: str
    source: str

    def __str__(self) -> str:
        return f"{self.contract}: {self.path}: {self.source}"


BREACHES = (
    Breach("layers", "napari_medal/core/planted.py", "import napari_medal.loop"),
    Breach("layers", "napari_medal/core/planted.py", "def later():\n    import napari_medal.loop"),
    Breach("layers", "napari_medal/core/planted.py", "import napari_medal.metrics"),
    Breach("layers", "napari_medal/metrics/planted.py", "import napari_medal.uncertainty"),
    Breach("layers", "napari_medal/edit/planted.py", "import napari_medal.engine"),
    Breach("layers", "napari_medal/engine/planted.py", "import napari_medal.catalogue"),
    Breach("layers", "napari_medal/export/planted.py", "import napari_medal.loop"),
    Breach("layers", "napari_medal/io/planted.py", "import napari_medal.export"),
    Breach("layers", "napari_medal/loop/planted.py", "import napari_medal.gui"),
    Breach("layers", "napari_medal/gui/planted.py", "import napari_medal.cli"),
    Breach("layers", "napari_medal/engine/planted.py", "import napari_medal.export"),
    Breach("layers", "napari_medal/gui/planted.py", "import napari_medal.contributions"),
    Breach("layers", "napari_medal/unheard_of/planted.py", ""),
    Breach("qt", "napari_medal/core/planted.py", "import qtpy"),
    Breach("qt", "napari_medal/loop/planted.py", "from napari.utils import progress"),
    Breach("qt", "napari_medal/io/planted.py", "def later():\n    from magicgui import magicgui"),
    Breach("qt", "napari_medal/catalogue/planted.py", "import superqt"),
    Breach("qt", "napari_medal/metrics/planted.py", "import pyqtgraph"),
    Breach("qt", TASK, "from qtpy.QtWidgets import QWidget"),
    Breach("qt", RECIPE, "import napari"),
    Breach("torch", "napari_medal/loop/planted.py", "def later():\n    import torch"),
    Breach("torch", "napari_medal/io/planted.py", "from monai.transforms import Compose"),
    Breach("torch", "napari_medal/catalogue/planted.py", "from safetensors.numpy import save_file"),
    Breach("torch", TASK, "import torch"),
    Breach("core-is-numpy", "napari_medal/core/planted.py", "from scipy import ndimage"),
    Breach("core-is-numpy", "napari_medal/core/planted.py", "import pydantic"),
    Breach("host-names-no-extension", "napari_medal/loop/planted.py", "import napari_medal_plugins.planted"),
    Breach("host-names-no-extension", "napari_medal/engine/planted.py", "import napari_medal_models"),
    Breach("plugins-use-the-public-side", TASK, "import napari_medal.gui"),
    Breach("plugins-use-the-public-side", TASK, "import napari_medal.io.planted"),
    Breach("plugins-use-the-public-side", TASK, "import napari_medal.engine"),
    Breach("plugins-use-the-public-side", PANEL, "import napari_medal.loop"),
    Breach("plugins-use-the-public-side", PANEL, "import napari_medal.catalogue"),
    Breach("models-use-the-core", RECIPE, "import napari_medal.engine"),
    Breach("models-use-the-core", RECIPE, "import napari_medal.metrics"),
    Breach("panels-by-name", TASK, "import napari_medal_plugins.planted.panel"),
    Breach("independence", TASK, "import napari_medal_plugins.other"),
    Breach("independence", RECIPE, "import napari_medal_models.other"),
    Breach("independence", "models/napari_medal_models/parts/planted.py", "import napari_medal_models.other"),
    Breach("independence", TASK, "import napari_medal_models.other"),
)

ALLOWED = (
    ("napari_medal/gui/planted.py", "import qtpy, napari, magicgui, superqt, pyqtgraph, napari_medal.loop"),
    ("napari_medal/contributions/planted.py", "import napari, napari_medal.gui"),
    ("napari_medal/engine/planted.py", "import torch, monai, safetensors, napari_medal.metrics.planted"),
    ("napari_medal/export/planted.py", "import napari_medal.io.planted"),
    ("napari_medal/metrics/planted.py", "import scipy, napari_medal.core.grid"),
    (TASK, "import napari_medal.core.grid, napari_medal.metrics.planted, napari_medal.errors"),
    (PANEL, "import qtpy, napari_medal.core.grid, napari_medal.gui.planted, napari_medal_plugins.planted.task"),
    (RECIPE, "import napari_medal.core.plan\ndef build():\n    import torch, monai"),
    (RECIPE, "from napari_medal_models.parts.planned_mask import PlannedMask"),
)


@pytest.fixture
def sources(repo_root: Path, tmp_path: Path) -> Path:
    """A copy of the sources that may be broken."""
    for package in PACKAGES:
        shutil.copytree(
            repo_root / package,
            tmp_path / package,
            ignore=lambda folder, names: [
                name for name in names if not (name.endswith(".py") or Path(folder, name).is_dir())
            ],
        )
    shutil.copy(repo_root / "pyproject.toml", tmp_path)
    for name in ("planted", "other"):
        _plant(tmp_path, f"plugins/napari_medal_plugins/{name}/__init__.py", "")
        _plant(tmp_path, f"models/napari_medal_models/{name}/__init__.py", "")
    for path in ("napari_medal/io/planted.py", "napari_medal/metrics/planted.py", "napari_medal/gui/planted.py"):
        _plant(tmp_path, path, "")
    for path in (TASK, PANEL, RECIPE):
        _plant(tmp_path, path, "")
    return tmp_path


def _plant(root: Path, path: str, source: str) -> None:
    target = root / path
    if not target.parent.exists():
        target.parent.mkdir(parents=True)
        (target.parent / "__init__.py").write_text("")
    target.write_text(source + "\n")


def _lint(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    search = os.pathsep.join(str(root / folder) for folder in (".", "plugins", "models"))
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-logo", "--no-cache", *options],
        cwd=root,
        env=os.environ | {"PYTHONPATH": search},
        capture_output=True,
        text=True,
        check=False,
    )


def _contracts(root: Path) -> set[str]:
    settings = tomllib.loads((root / "pyproject.toml").read_text())
    return {contract["id"] for contract in settings["tool"]["importlinter"]["contracts"]}


def test_every_contract_holds(repo_root: Path) -> None:
    answer = _lint(repo_root)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert f"{len(_contracts(repo_root))} kept, 0 broken" in answer.stdout


def test_every_contract_has_a_breach_that_is_tried(repo_root: Path) -> None:
    assert {breach.contract for breach in BREACHES} == _contracts(repo_root)


def test_what_is_allowed_breaks_nothing(sources: Path) -> None:
    for path, source in ALLOWED:
        _plant(sources, path, source)
    answer = _lint(sources)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("breach", BREACHES, ids=str)
def test_a_breach_is_found(sources: Path, breach: Breach) -> None:
    _plant(sources, breach.path, breach.source)
    answer = _lint(sources, "--contract", breach.contract)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "0 kept, 1 broken" in answer.stdout
    assert re.search(r"planted|unheard_of", answer.stdout)


LIMITS = {"module": 400, "class": 250, "function": 60}


def _modules(root: Path) -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((root / package).rglob("*.py"))


def _oversized(source: str) -> Iterator[str]:
    lines = source.count("\n")
    if lines > LIMITS["module"]:
        yield f"module: {lines} lines"
    for node in ast.walk(ast.parse(source)):
        kind = {ast.ClassDef: "class", ast.FunctionDef: "function", ast.AsyncFunctionDef: "function"}.get(type(node))
        if kind and isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            if size > LIMITS[kind]:
                yield f"{kind} {node.name}: {size} lines"


def test_modules_classes_and_functions_stay_small(repo_root: Path) -> None:
    found = [
        f"{path.relative_to(repo_root)}: {complaint}"
        for path in _modules(repo_root)
        if "migrations" not in path.parts  # one function that lists tables, and is never edited again
        for complaint in _oversized(path.read_text())
    ]
    assert not found, f"limits are {LIMITS}: {found}"


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("x = 1\n" * 401, "module"),
        ("class C:\n" + "    x = 1\n" * 250, "class C"),
        ("def f():\n" + "    x = 1\n" * 60, "function f"),
        ("class C:\n  async def f():\n" + "    x = 1\n" * 60, "function f"),
    ],
)
def test_what_is_too_large_is_found(source: str, complaint: str) -> None:
    assert [text.startswith(complaint) for text in _oversized(source)] == [True]


def test_every_package_folder_says_what_it_holds(repo_root: Path) -> None:
    folders = {path.parent for path in _modules(repo_root)}
    silent = [
        str(folder.relative_to(repo_root))
        for folder in sorted(folders)
        if not (folder / "__init__.py").is_file()
        or not ast.get_docstring(ast.parse((folder / "__init__.py").read_text()))
    ]
    assert not silent


def test_the_package_says_what_it_exports() -> None:
    import napari_medal

    assert napari_medal.__all__ == sorted(napari_medal.__all__)
    assert all(hasattr(napari_medal, name) for name in napari_medal.__all__)
