"""The npe2 manifest, as installed and as shipped."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
import yaml
from npe2 import PluginManifest

from napari_medal.io.installed import installed_files

IN_PACKAGE = "napari_medal_manifest/napari.yaml"
PACKAGES = ("napari_medal", "napari_medal_plugins", "napari_medal_models")


def _npe2(*arguments: str, search: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "npe2", *arguments],
        env=os.environ | {"PYTHONPATH": search, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def wheel(repo_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    answer = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(repo_root)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    (built,) = folder.glob("*.whl")
    return built


def test_the_manifest_is_valid(repo_root: Path) -> None:
    manifest = PluginManifest.from_file(repo_root / "napari.yaml")
    assert manifest.name == "napari-medal"
    widgets = manifest.contributions.widgets
    assert widgets is not None
    assert [widget.display_name for widget in widgets] == ["Medal"]


def test_the_manifest_names_only_contributions(repo_root: Path) -> None:
    commands = PluginManifest.from_file(repo_root / "napari.yaml").contributions.commands
    assert commands
    assert all(str(command.python_name).startswith("napari_medal.contributions.") for command in commands)


def test_every_command_of_the_manifest_can_be_imported() -> None:
    answer = _npe2("validate", "--imports", "napari-medal")
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_the_installed_manifest_is_the_one_of_the_checkout(repo_root: Path) -> None:
    installed = PluginManifest.from_distribution("napari-medal")
    wanted = PluginManifest.from_file(repo_root / "napari.yaml")
    assert installed.contributions == wanted.contributions, "napari.yaml was edited: run `make setup` again"


def test_the_installed_entry_points_are_those_of_the_checkout(repo_root: Path) -> None:
    groups = tomllib.loads((repo_root / "pyproject.toml").read_text())["project"]["entry-points"]
    wanted = {(group, name, target) for group, points in groups.items() for name, target in points.items()}
    installed = {
        (point.group, point.name, point.value)
        for point in distribution("napari-medal").entry_points
        if point.group != "console_scripts"
    }
    assert installed == wanted, "pyproject.toml was edited: run `make setup` again"


def test_the_wheel_holds_the_manifest_and_the_typing_markers(wheel: Path, repo_root: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        assert archive.read(IN_PACKAGE) == (repo_root / "napari.yaml").read_bytes()
        (entry_points,) = (name for name in names if name.endswith(".dist-info/entry_points.txt"))
        text = archive.read(entry_points).decode()
    assert re.search(r"\[napari\.manifest\]\nnapari-medal = napari_medal_manifest:napari\.yaml\n", text)
    assert {f"{package}/py.typed" for package in PACKAGES} <= names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_wheel_holds_every_module_and_nothing_else(wheel: Path, repo_root: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        shipped = {name for name in archive.namelist() if name.endswith(".py")}
        tops = {name.partition("/")[0] for name in archive.namelist()}
    roots = {"napari_medal": ".", "napari_medal_plugins": "plugins", "napari_medal_models": "models"}
    wanted = {
        path.relative_to(repo_root / root).as_posix()
        for package, root in roots.items()
        for path in (repo_root / root / package).rglob("*.py")
    }
    assert shipped == wanted
    assert {top for top in tops if not top.endswith(".dist-info")} == {*PACKAGES, "napari_medal_manifest"}


def test_npe2_accepts_the_wheel_as_installed(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    answer = _npe2("validate", "napari-medal", search=str(tmp_path))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    (tmp_path / IN_PACKAGE).write_text("name: napari-medal\ncontributions: {commands: [{id: x}]}\n")
    assert _npe2("validate", "napari-medal", search=str(tmp_path)).returncode != 0


def test_the_manifest_names_every_ending_that_we_read_but_those_of_pictures(repo_root: Path) -> None:
    manifest = yaml.safe_load((repo_root / "napari.yaml").read_text())
    (reader,) = manifest["contributions"]["readers"]
    ours = [reader for reader in installed_files().readers if reader.name != "picture"]
    assert {f"*{suffix}" for reader in ours for suffix in reader.suffixes} <= set(reader["filename_patterns"])
    assert not any(pattern.endswith((".png", ".jpg", ".tif", ".tiff")) for pattern in reader["filename_patterns"])
    assert reader["accepts_directories"] is True
