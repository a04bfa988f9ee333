"""Packages that other people wrote, installed beside napari-medal.

Fresh is a virtual environment with napari-medal, two packages and a broken one, each built into a wheel and installed
from it. Not fresh is what they depend on: numpy, torch, napari and the rest are those of the running environment.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest

PACKAGES = Path(__file__).parent
WORKING = ("medal-lesion-size", "medal-pocket-unet")
BROKEN = "medal-stray"
CASES = 4


@dataclass(frozen=True)
class Answer:
    """What a process answered."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Environment:
    """A virtual environment, and what runs in it, in a folder of its own."""

    folder: Path

    def python(self, *arguments: str | Path) -> Answer:
        """Run the interpreter; nothing of the checkout is on its path."""
        return self._run(self._place("scripts") / "python", *arguments)

    def medal(self, *arguments: str | Path) -> Answer:
        """Run the command line."""
        return self._run(self._place("scripts") / "napari-medal", *arguments)

    def depend_on(self, packages: str) -> None:
        """See the packages of another environment, after its own."""
        (self._place("purelib") / "dependencies.pth").write_text(packages + "\n")

    def _place(self, kind: str) -> Path:
        return Path(sysconfig.get_path(kind, "venv", {"base": str(self.folder), "platbase": str(self.folder)}))

    def _run(self, *command: str | Path) -> Answer:
        own = {"HOME": str(self.folder), "COLUMNS": "200", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        done = subprocess.run(
            [str(part) for part in command],
            cwd=self.folder,
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | own,
            capture_output=True,
            text=True,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def environment(repo_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    for name in (*WORKING, BROKEN):
        shutil.copytree(PACKAGES / name, folder / "sources" / name)
    made = Environment(folder)
    made.depend_on(sysconfig.get_path("purelib"))
    options = "--no-deps --no-build-isolation --no-index --ignore-installed --no-compile --quiet"
    sources = [repo_root, *sorted((folder / "sources").iterdir())]
    installed = made.python("-m", "pip", "install", "--disable-pip-version-check", *options.split(), *sources)
    assert installed.code == 0, installed.err
    return made


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Exams with a bright box, in the form that the foreign reader of folders knows; the last has no mask."""
    folder = tmp_path_factory.mktemp("listed")
    random = np.random.default_rng(0)
    rows = ["exam,patient,image,mask"]
    for number in range(CASES):
        name = f"e{number}"
        mask = np.zeros((16, 16, 12), dtype=np.uint8)
        mask[3 : 9 + number, 4:12, 3:9] = 1
        image = (mask * 100 + random.normal(50, 10, mask.shape)).astype(np.float32)
        for kind, array in (("image", image), ("mask", mask)):
            nib.save(nib.Nifti1Image(array, np.eye(4)), folder / f"{name}-{kind}.nii.gz")
        rows.append(f"{name},p{number},{name}-image.nii.gz,{'' if number == CASES - 1 else f'{name}-mask.nii.gz'}")
    (folder / "exams.csv").write_text("\n".join(rows) + "\n")
    return folder


@pytest.fixture(scope="module")
def project(environment: Environment, listed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of the foreign task and recipe, whose labels nobody had to name."""
    folder = tmp_path_factory.mktemp("project") / "sizes"
    made = environment.medal(
        "new", folder, "--images", listed, "--task", "lesion-size", "--recipe", "pocket-unet", "--json"
    )
    assert made.code == 0, made.err
    assert sorted(json.loads(made.out)["labelled"]) == ["e0", "e1", "e2"]
    return folder


def test_what_is_installed_is_what_runs(environment: Environment) -> None:
    names = ("napari_medal", "napari_medal_models", "napari_medal_plugins", "lesion_size", "pocket_unet")
    code = f"import {', '.join(names)}; print({', '.join(f'{name}.__file__' for name in names)})"
    answer = environment.python("-c", code)
    assert answer.code == 0, answer.err
    assert len(answer.out.split()) == len(names)
    assert all(Path(file).is_relative_to(environment.folder) for file in answer.out.split())


def test_the_packages_find_themselves_sound(environment: Environment) -> None:
    tests = [environment.folder / "sources" / name / "tests" for name in WORKING]
    answer = environment.python("-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)
    assert answer.code == 0, answer.out
    assert "4 passed" in answer.out


def test_the_doctor_lists_them_and_the_broken_one(environment: Environment) -> None:
    answer = environment.medal("doctor", "--json")
    found = {finding["what"]: finding for finding in json.loads(answer.out)}
    assert answer.code == 1
    assert found["medal-lesion-size 1.0"]["found"] == "adds task lesion-size, folder listed"
    assert found["medal-pocket-unet 1.0"]["found"] == "adds recipe pocket-unet"
    assert {name for name, finding in found.items() if finding["health"] == "bad"} == {"Extension stray"}
    assert "a_library_that_has_gone" in found["Extension stray"]["found"]


def test_a_round_on_the_command_line(environment: Environment, project: Path, listed: Path) -> None:
    accepted = environment.medal("accept", project, "e3", listed / "e3-mask.nii.gz", "--reader", "A. Reader")
    assert accepted.code == 0, accepted.err
    trained = environment.medal("train", project)
    assert trained.code == 0, trained.err
    status: Any = json.loads(environment.medal("status", project, "--json").out)
    assert (status["tasks"][0]["name"], status["tasks"][0]["annotated"]) == ("lesion-size", CASES)
    assert [model["recipe"] for model in status["tasks"][0]["models"]] == ["pocket-unet"]
    assert [extension["name"] for extension in status["broken_extensions"]] == ["stray"]


@pytest.mark.skipif(sys.platform == "linux" and not os.environ.get("DISPLAY"), reason="no display")
def test_the_task_and_its_panel_stand_in_the_dock(environment: Environment, project: Path) -> None:
    answer = environment.python(PACKAGES / "in_the_viewer.py", project, "e3")
    assert answer.code == 0, answer.err
    said = json.loads(answer.out.splitlines()[-1])
    assert Path(said["file"]).is_relative_to(environment.folder)
    assert (said["task"], said["title"]) == ("lesion-size", "Lesion size: a mask, its volume and its longest diameter")
    assert said["panel"] == ["e3\nVolume: 0.4 mL\nLongest diameter: 10.6 mm"]
    assert said["drawings"] == [["diameter"]]
