import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from napari_medal.catalogue.project import Project, create_project
from napari_medal.catalogue.settings import LabelSettings, ProjectSettings, TaskSettings
from napari_medal.errors import ProjectError
from napari_medal.loop.pseudonym_key import KEY_VARIABLE, pseudonyms_of

TASK = TaskSettings(
    labels=(LabelSettings(value=1, name="liver", color="#e6550d"),),
    recipe="unet",
    strategy="staged",
    measure="pairwise-dice",
)
SETTINGS = ProjectSettings(name="names", tasks={"segmentation": TASK})


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "keys" / "a.key"))
    return tmp_path / "keys" / "a.key"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = create_project(tmp_path / "project", SETTINGS)
    yield made
    made.close()


def test_first_use_makes_a_secret_that_nobody_else_reads(project: Project, key: Path) -> None:
    first = pseudonyms_of(project)
    assert len(bytes.fromhex(key.read_text())) == 32
    if os.name == "posix":
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert [path.name for path in key.parent.iterdir()] == ["a.key"]
    assert pseudonyms_of(project) == first


def test_without_the_variable_it_lies_in_the_users_data(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    monkeypatch.setattr("platformdirs.user_data_path", lambda name, appauthor: tmp_path / "data" / name)
    pseudonyms_of(project)
    assert (tmp_path / "data" / "napari-medal" / "pseudonym.key").is_file()


def test_projects_name_the_same_patient_differently(project: Project, key: Path, tmp_path: Path) -> None:
    other = create_project(tmp_path / "other", SETTINGS)
    assert pseudonyms_of(project).subject("4711") != pseudonyms_of(other).subject("4711")
    other.close()


def test_another_key_is_refused(project: Project, key: Path) -> None:
    pseudonyms_of(project)
    key.write_text("ab" * 32)
    with pytest.raises(ProjectError, match="another key there") as caught:
        pseudonyms_of(project)
    assert str(key) in str(caught.value)
    assert "abab" not in str(caught.value)


def test_a_lost_key_is_not_made_anew(project: Project, key: Path) -> None:
    pseudonyms_of(project)
    key.unlink()
    with pytest.raises(ProjectError, match=KEY_VARIABLE):
        pseudonyms_of(project)
    assert not key.exists()


@pytest.mark.parametrize("content", ["", "abcd", "no digits at all", "é"])
def test_no_key(project: Project, key: Path, content: str) -> None:
    key.parent.mkdir()
    key.write_text(content, encoding="utf-8")
    with pytest.raises(ProjectError, match="64 hexadecimal digits"):
        pseudonyms_of(project)


def test_a_place_that_cannot_be_written(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "file" / "a.key"))
    with pytest.raises(ProjectError, match="cannot be read or made"):
        pseudonyms_of(project)


def test_of_programs_that_begin_at_once_one_wins(project: Project, key: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = {names.key for names in pool.map(lambda _: pseudonyms_of(project), range(16))}
    assert len(found) == 1
