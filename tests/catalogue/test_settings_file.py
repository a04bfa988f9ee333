"""Choices changed in a file that a person has edited."""

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_medal.catalogue.project import Project
from napari_medal.catalogue.settings import FILE_NAME, load_settings
from napari_medal.catalogue.settings_file import SettingsFile
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.task_choices import TaskChoices
from napari_medal.core.verification import LearnFrom, Verification
from napari_medal.errors import SettingsError

EDITED = """\
# Hips of the spring cohort
name = "hips"   # as on the wall

[tasks.segmentation]
# power is for later
strategy = "staged" # ask Ann first
recipe = "unet"
measure = "entropy"
audit_every = 4
[[tasks.segmentation.labels]]
value = 1
name = "hip"
color = "#112233"
[tasks.segmentation.plan]
batch = 2 # the card is small

[tasks.classification]
labels = [{ value = 0, name = "no", color = "#000000" }, { value = 1, name = "yes", color = "#ffffff" }]
recipe = "resnet"
strategy = "random"
measure = "entropy"
"""
IN_PLACE = EDITED + "[training] # at night\nretrain_after = 8 # of us two\n"
INLINE = """\
name = "hips"
training = { retrain_after = 2, seed = 7 } # short
tasks.segmentation = { recipe = "unet", strategy = "staged", measure = "entropy", labels = [\
{ value = 1, name = "hip", color = "#112233" }] } # all in a line
"""
SCATTERED = """\
[tasks.segmentation]
recipe = "unet"
strategy = "staged"
measure = "entropy"
labels = [{ value = 1, name = "hip", color = "#112233" }]
[splits]
seed = 3 # in between
[tasks.segmentation.plan]
batch = 2
[training]
seed = 5
"""
choices = st.builds(
    TaskChoices,
    strategy=st.sampled_from(["staged", "random", "power"]),
    measure=st.sampled_from(["entropy", "variance"]),
    audit_every=st.integers(0, 50),
    verification=st.sampled_from(Verification),
    learn_from=st.sampled_from(LearnFrom),
    reading=st.sampled_from(ReadingMode),
    retrain_after=st.integers(0, 50),
)


def _file(folder: Path, text: str) -> SettingsFile:
    named = text if text.startswith(("name", "#")) else f'name = "hips"\n{text}'
    (folder / FILE_NAME).write_text(named, encoding="utf-8")
    return SettingsFile(folder)


def _remarks(text: str) -> list[str]:
    return [line.partition("# ")[2] for line in text.splitlines() if "# " in line]


@pytest.mark.parametrize(
    "text", [EDITED, IN_PLACE, INLINE, SCATTERED], ids=["edited", "in place", "inline", "scattered"]
)
@settings(max_examples=15)
@given(chosen=choices, then=choices)
def test_whatever_is_chosen_is_in_force_and_in_the_file(
    tmp_path_factory: pytest.TempPathFactory, text: str, chosen: TaskChoices, then: TaskChoices
) -> None:
    folder = tmp_path_factory.mktemp("project")
    settings_file = _file(folder, text)
    before = settings_file.settings
    for wanted in (chosen, then):
        settings_file.set_choices("segmentation", wanted)
        assert settings_file.settings.choices("segmentation") == wanted
        assert load_settings(folder) == settings_file.settings
    after = (folder / FILE_NAME).read_text(encoding="utf-8")
    assert _remarks(after) == _remarks(text)
    told = asdict(then)
    assert settings_file.settings.tasks["segmentation"] == before.tasks["segmentation"].model_copy(
        update={name: told[name] for name in told if name != "retrain_after"}
    )
    assert settings_file.settings.splits == before.splits
    assert settings_file.settings.training.seed == before.training.seed


def test_only_what_changes_is_written(tmp_path: Path) -> None:
    settings_file = _file(tmp_path, EDITED)
    now = settings_file.settings.choices("segmentation")
    settings_file.set_choices("segmentation", now)
    assert (tmp_path / FILE_NAME).read_text(encoding="utf-8") == EDITED
    settings_file.set_choices("segmentation", replace(now, strategy="power"))
    wanted = EDITED.replace('strategy = "staged"', 'strategy = "power"')
    assert (tmp_path / FILE_NAME).read_text(encoding="utf-8") == wanted
    settings_file.set_choices("segmentation", replace(now, retrain_after=9))
    text = (tmp_path / FILE_NAME).read_text(encoding="utf-8")
    assert text.startswith(EDITED), "a table that was not there comes last"
    assert tomlkit.parse(text)["training"] == {"retrain_after": 9}


def test_the_number_of_all_tasks_is_every_tasks(tmp_path: Path) -> None:
    settings_file = _file(tmp_path, IN_PLACE)
    now = settings_file.settings.choices("segmentation")
    settings_file.set_choices("segmentation", replace(now, retrain_after=1, audit_every=9))
    assert settings_file.settings.choices("classification").retrain_after == 1
    assert settings_file.settings.choices("classification").audit_every == 5


def _damage(project: Project) -> None:
    (project.folder / FILE_NAME).write_text("name = [", encoding="utf-8")


def _rename(project: Project) -> None:
    path = project.folder / FILE_NAME
    document: Any = tomlkit.parse(path.read_text(encoding="utf-8")).unwrap()
    document["tasks"]["renamed"] = document["tasks"].pop("segmentation")
    path.write_text(tomlkit.dumps(document), encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "complaint"), [(_damage, "is not valid TOML"), (_rename, "wanted 'segmentation' among them")]
)
def test_a_file_that_was_spoilt_meanwhile_is_left_as_it_is(
    project: Project, spoil: Callable[[Project], None], complaint: str
) -> None:
    now = project.settings.choices("segmentation")
    spoil(project)
    found = (project.folder / FILE_NAME).read_text(encoding="utf-8")
    with pytest.raises(SettingsError, match=complaint):
        project.settings_file.set_choices("segmentation", replace(now, audit_every=2))
    assert (project.folder / FILE_NAME).read_text(encoding="utf-8") == found
    assert project.settings.choices("segmentation") == now
