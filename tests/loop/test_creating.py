from pathlib import Path

import pytest

from napari_medal.catalogue.project import open_project
from napari_medal.core.target import Target
from napari_medal.errors import ExtensionError, ProjectError, SettingsError
from napari_medal.loop.creating import Meanings, TaskWish, new_project, parse_labels, wishes
from napari_medal.loop.session import session_on
from tests.small import small_extensions


@pytest.mark.parametrize(
    ("texts", "target", "wanted"),
    [
        (("liver", "spleen"), Target.MASK, {"liver": 1, "spleen": 2}),
        (("benign", "malignant"), Target.CLASS, {"benign": 0, "malignant": 1}),
        (("4=liver", "255= spleen "), Target.MASK, {"liver": 4, "spleen": 255}),
        (("0=none", "7=a=b"), Target.CLASS, {"none": 0, "a=b": 7}),
    ],
)
def test_labels_are_understood_as_typed(texts: tuple[str, ...], target: Target, wanted: dict[str, int]) -> None:
    scheme = parse_labels(texts, target)
    assert {label.name: label.value for label in scheme.classes} == wanted
    assert len({label.color for label in scheme.classes}) == 2


@pytest.mark.parametrize("text", ["0=background", "256=far", "x=liver", "-1=liver", "1=", "", "1.5=half"])
def test_labels_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(SettingsError, match=r"wanted 'value=name'"):
        parse_labels((text,), Target.MASK)


@pytest.mark.parametrize("texts", [("a", "a"), ("1=a", "1=b"), ("2=a", "b")])
def test_labels_that_occur_twice_are_refused(texts: tuple[str, ...]) -> None:
    with pytest.raises(SettingsError, match="may occur once"):
        parse_labels(texts, Target.MASK)


def test_each_task_gets_its_own_labels() -> None:
    both = wishes(["segmentation", "classification"], Meanings(["liver"], ["ill"]), None, None, small_extensions())
    assert both == [TaskWish("segmentation", ("liver",)), TaskWish("classification", ("ill",))]
    (alone,) = wishes(["classification"], Meanings(["ill", "well"]), "resnet", "random", small_extensions())
    assert alone == TaskWish("classification", ("ill", "well"), "resnet", "random")


@pytest.mark.parametrize(
    ("tasks", "labels", "recipe", "sentence"),
    [
        (["segmentation"], [], None, "has no labels; name each with --label"),
        (["segmentation", "classification"], ["liver"], None, "'classification' has no labels; name each with --class"),
        (["segmentation", "classification"], ["liver"], "unet", "set each task's recipe in medal.toml"),
    ],
)
def test_wishes_that_cannot_be_met_are_refused(
    tasks: list[str], labels: list[str], recipe: str | None, sentence: str
) -> None:
    with pytest.raises(SettingsError, match=sentence):
        wishes(tasks, Meanings(labels), recipe, None, small_extensions())


def test_a_new_project_takes_the_defaults_of_its_task(tmp_path: Path) -> None:
    new_project(tmp_path / "new", "hips", [TaskWish("segmentation", ("hip",))], small_extensions()).close()
    project = open_project(tmp_path / "new")
    found = project.task_settings("segmentation")
    assert (found.recipe, found.strategy, found.measure) == ("unet", "staged", "pairwise-dice")
    assert project.settings.name == "hips"
    project.close()


@pytest.mark.parametrize(
    "wish",
    [
        TaskWish("grading", ("a",)),
        TaskWish("segmentation", ("a",), recipe="huge"),
        TaskWish("segmentation", ("a",), strategy="best"),
    ],
)
def test_what_is_not_installed_makes_no_project(tmp_path: Path, wish: TaskWish) -> None:
    with pytest.raises(ExtensionError, match="No extension"):
        new_project(tmp_path / "new", "hips", [wish], small_extensions())
    assert not (tmp_path / "new").exists()


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(ProjectError, match="not empty"):
        new_project(tmp_path, "hips", [TaskWish("segmentation", ("hip",))], small_extensions())


def test_a_mask_label_stored_as_background_is_refused(tmp_path: Path) -> None:
    session = new_project(tmp_path / "p", "p", [TaskWish("segmentation", ("1=liver",))], small_extensions())
    toml = tmp_path / "p" / "medal.toml"
    toml.write_text(toml.read_text().replace("value = 1", "value = 0"))
    session.close()
    edited = session_on(open_project(tmp_path / "p"), small_extensions())
    with pytest.raises(SettingsError, match="in a mask 0 is the background"):
        edited.scheme("segmentation")
    edited.close()
