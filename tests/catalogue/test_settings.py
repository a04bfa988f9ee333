import re
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from napari_medal.catalogue.project import Project, create_project, open_project
from napari_medal.catalogue.settings import (
    FILE_NAME,
    FORMAT,
    ProjectSettings,
    load_settings,
    quantity_settings,
    save_settings,
)
from napari_medal.core.asking import Asking, Mirror
from napari_medal.core.learning import Balance, Learning, Sampling
from napari_medal.core.loss_name import LossName
from napari_medal.core.modality import Modality
from napari_medal.core.plan_changes import PlanChanges
from napari_medal.errors import ProjectError, SettingsError
from tests.catalogue.conftest import TASK

AGE = {"name": "age", "unit": "years", "low": 0.0, "high": 120.0}


def _measures(document: Any) -> Any:
    """Let the other task measure, and return what."""
    document["tasks"]["other"].pop("labels")
    document["tasks"]["other"]["quantity"] = dict(AGE)
    return document["tasks"]["other"]["quantity"]


def _changed(folder: Path, change: Any) -> Path:
    path = folder / FILE_NAME
    document = tomlkit.parse(path.read_text(encoding="utf-8")).unwrap()
    change(document)
    path.write_text(tomlkit.dumps(document), encoding="utf-8")
    return path


def test_settings_come_back_as_they_were(tmp_path: Path, whole: ProjectSettings) -> None:
    save_settings(tmp_path, whole)
    assert load_settings(tmp_path) == whole
    assert list(load_settings(tmp_path).tasks) == ["segmentation", "other"]


def test_what_is_left_out_takes_its_default(tmp_path: Path) -> None:
    save_settings(tmp_path, ProjectSettings(name="hips", tasks={"segmentation": TASK}))
    _changed(tmp_path, lambda document: (document.pop("splits"), document.pop("training")))
    settings = load_settings(tmp_path)
    assert (settings.splits.validation, settings.training.device, settings.training.memory_gb) == (0.2, "auto", None)


def test_a_task_may_measure(tmp_path: Path, whole: ProjectSettings) -> None:
    save_settings(tmp_path, whole)
    path = _changed(tmp_path, _measures)
    settings = load_settings(tmp_path)
    scheme = settings.tasks["other"].scheme
    assert (len(scheme), scheme.names, scheme.titles) == (0, (), ("age (years), 0 to 120",))
    assert quantity_settings(scheme) == settings.tasks["other"].quantity
    save_settings(tmp_path, settings)
    assert load_settings(tmp_path) == settings
    assert "labels = []" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda d: d.update(colour="red"), "unknown key 'colour'"),
        (lambda d: d["splits"].update(valdation=0.1), "unknown key 'splits.valdation'"),
        (lambda d: d["training"].update(gpu=True), "unknown key 'training.gpu'"),
        (lambda d: d["tasks"]["other"].update(net="x"), "unknown key 'tasks.other.net'"),
        (lambda d: d["tasks"]["other"]["labels"][1].update(id=3), "unknown key 'tasks.other.labels.1.id'"),
        (lambda d: d["splits"].update(validation="much"), "'splits.validation'"),
        (lambda d: d["splits"].update(validation=1.0), "'splits.validation'"),
        (lambda d: d["training"].update(memory_gb=0), "'training.memory_gb'"),
        (lambda d: d["training"].update(retrain_after=-1), "'training.retrain_after'"),
        (lambda d: d["tasks"]["other"]["labels"][0].update(value=256), "'tasks.other.labels.0.value'"),
        (lambda d: d["tasks"]["other"]["labels"][0].update(color="red"), "'tasks.other.labels.0.color'"),
        (
            lambda d: d["tasks"]["other"].update(labels=[]),
            "'tasks.other': wanted 'labels' or a 'quantity', found neither",
        ),
        (
            lambda d: d["tasks"]["other"].update(quantity=AGE),
            "'tasks.other': wanted 'labels' or a 'quantity', found both",
        ),
        (lambda d: _measures(d).update(high=-1), "'tasks.other.quantity': Found the range 0 to -1 for 'age'"),
        (lambda d: _measures(d).update(high="much"), "'tasks.other.quantity.high'"),
        (lambda d: d["tasks"]["other"].pop("recipe"), "'tasks.other.recipe'"),
        (lambda d: d.update(name=""), "'name'"),
        (lambda d: d.update(tasks={}), "'tasks'"),
        (lambda d: d.update(format="one"), "'format'"),
        (lambda d: d.update(modalities=["X-ray"]), "'modalities.0'"),
        (lambda d: d["training"].update(cache_gb=0), "'training.cache_gb'"),
        (lambda d: d["tasks"]["other"].update(plan={"pacth": [1, 2, 3]}), "unknown key 'tasks.other.plan.pacth'"),
        (lambda d: d["tasks"]["other"].update(plan={"patch": [1, 2]}), "'tasks.other.plan.patch.2'"),
        (lambda d: d["tasks"]["other"].update(plan={"batch": 0}), "plan.batch: found 0; wanted 1 or more"),
    ],
)
def test_what_is_wrong_is_named_with_its_file(tmp_path: Path, whole: ProjectSettings, change: Any, key: str) -> None:
    save_settings(tmp_path, whole)
    path = _changed(tmp_path, change)
    with pytest.raises(SettingsError) as refusal:
        load_settings(tmp_path)
    assert str(path) in str(refusal.value)
    assert key in str(refusal.value)


def test_all_complaints_come_at_once(tmp_path: Path, whole: ProjectSettings) -> None:
    save_settings(tmp_path, whole)
    _changed(tmp_path, lambda d: (d.update(colour="red"), d["training"].update(seed="x")))
    with pytest.raises(SettingsError, match=r"'training\.seed'.*; unknown key 'colour'\.$"):
        load_settings(tmp_path)


@pytest.mark.parametrize("field", ["value", "name"])
def test_labels_that_occur_twice_are_refused(tmp_path: Path, whole: ProjectSettings, field: str) -> None:
    save_settings(tmp_path, whole)

    def repeat(document: Any) -> None:
        first, second = document["tasks"]["other"]["labels"]
        second[field] = first[field]

    path = _changed(tmp_path, repeat)
    with pytest.raises(SettingsError) as refusal:
        load_settings(tmp_path)
    assert f"Each label {field} may occur once" in str(refusal.value)
    assert str(path) in str(refusal.value)
    assert "tasks.other.labels" in str(refusal.value)


def test_a_newer_format_asks_for_a_newer_program(tmp_path: Path, whole: ProjectSettings) -> None:
    save_settings(tmp_path, whole)
    path = _changed(tmp_path, lambda d: d.update(format=FORMAT + 1, unheard_of=1))
    with pytest.raises(SettingsError, match="Install a newer one") as refusal:
        load_settings(tmp_path)
    assert f"{path} has format {FORMAT + 1}" in str(refusal.value)


def test_a_folder_without_settings_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=f"is not a project: it holds no {FILE_NAME}"):
        open_project(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"name = [1,", b"\xff\xfe\x00n", b"a = 1\na = 2\n"])
def test_what_is_no_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(SettingsError, match="is not valid TOML") as refusal:
        load_settings(tmp_path)
    assert str(tmp_path / FILE_NAME) in str(refusal.value)


@pytest.mark.parametrize("name", ["notes.txt", ".hidden", FILE_NAME])
def test_a_project_is_made_in_an_empty_folder_only(tmp_path: Path, whole: ProjectSettings, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(ProjectError, match="wanted a new or an empty folder"):
        create_project(tmp_path, whole)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "mine"


def test_a_project_is_not_made_on_a_file(tmp_path: Path, whole: ProjectSettings) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ProjectError, match="wanted a new or an empty folder"):
        create_project(tmp_path / "file", whole)


def test_a_project_knows_its_tasks(tmp_path: Path, whole: ProjectSettings) -> None:
    project = create_project(tmp_path / "new" / "project", whole)
    assert project.task(None) == "segmentation"
    assert project.task_settings("other").scheme.values == (1, 4)
    with pytest.raises(SettingsError, match="has no task 'grading'; it has segmentation, other"):
        project.task("grading")
    project.close()


def test_how_a_task_learns_is_read_and_written(tmp_path: Path) -> None:
    learning = Learning(loss=LossName.JACCARD, balance=Balance(sampling=Sampling.UNDERSAMPLE, ratio=2.0))
    task = TASK.model_copy(update={"learning": learning})
    save_settings(tmp_path, ProjectSettings(name="hips", tasks={"segmentation": task}))

    assert load_settings(tmp_path).tasks["segmentation"].learning == learning


def test_what_is_learnt_as_usual_is_not_written_down(tmp_path: Path) -> None:
    save_settings(tmp_path, ProjectSettings(name="hips", tasks={"segmentation": TASK}))

    assert "learning" not in (tmp_path / FILE_NAME).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("learning", "complaint"),
    [
        ({"momentum": 0.9}, "unknown key 'tasks.segmentation.learning.momentum'"),
        ({"ema": 2.0}, "learning.ema: found 2.0; wanted 0 or more and less than 1"),
        ({"loss": "hinge"}, "'tasks.segmentation.learning.loss'"),
        ({"balance": {"ratio": 0.5}}, "learning.balance.ratio: found 0.5; wanted 1 or more"),
    ],
)
def test_an_impossible_way_of_learning_is_refused_by_name(
    tmp_path: Path, learning: dict[str, Any], complaint: str
) -> None:
    save_settings(tmp_path, ProjectSettings(name="hips", tasks={"segmentation": TASK}))
    _changed(tmp_path, lambda document: document["tasks"]["segmentation"].update(learning=learning))

    with pytest.raises(SettingsError, match=re.escape(complaint)):
        load_settings(tmp_path)


def test_changes_of_the_plan_and_modalities_come_back_and_are_left_unsaid_where_there_are_none(tmp_path: Path) -> None:
    plan = PlanChanges(patch=(32, 64, 64), strides=((1, 2, 2), (2, 2, 2)), spacing_mm=(2.0, 1.0, 1.0))
    changed = TASK.model_copy(update={"plan": plan})
    wanted = ProjectSettings(name="ct", tasks={"a": TASK, "b": changed}, modalities=(Modality.CT, Modality.OTHER))
    save_settings(tmp_path, wanted)
    assert load_settings(tmp_path) == wanted
    text = (tmp_path / FILE_NAME).read_text()
    assert "[tasks.a.plan]" not in text
    save_settings(tmp_path, ProjectSettings(name="ct", tasks={"a": TASK}))
    assert "modalities" not in (tmp_path / FILE_NAME).read_text()


def test_how_a_task_learns_is_changed_in_the_file_and_at_once(tmp_path: Path, whole: ProjectSettings) -> None:
    project = create_project(tmp_path / "project", whole)
    path = project.folder / FILE_NAME
    path.write_text(path.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
    learning = Learning(loss=LossName.FOCAL, balance=Balance(ratio=3.0))
    project.settings_file.set_learning("segmentation", learning)
    assert project.task_settings("segmentation").learning == learning
    assert load_settings(project.folder).tasks["segmentation"].learning == learning
    text = path.read_text(encoding="utf-8")
    assert "# a remark" in text
    assert "patience" not in text
    project.settings_file.set_learning("segmentation", Learning())
    assert load_settings(project.folder) == whole
    project.close()


def test_asking_comes_back_and_says_nothing_that_need_not_be_said(tmp_path: Path) -> None:
    asking = Asking(dropout_passes=5, augmented=2, mirror=(Mirror.LEFT_RIGHT,))
    task = TASK.model_copy(update={"asking": asking})
    save_settings(tmp_path, ProjectSettings(name="one", tasks={"segmentation": task}))
    assert load_settings(tmp_path).tasks["segmentation"].asking == asking
    save_settings(tmp_path, ProjectSettings(name="one", tasks={"segmentation": TASK}))
    assert "asking" not in (tmp_path / FILE_NAME).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("asking", "complaint"),
    [
        ({"passes": 3}, "unknown key 'tasks.segmentation.asking.passes'"),
        ({"augmented": -1}, "asking.augmented: found -1; wanted 0 to 100"),
        ({"mirror": ["up-down"]}, "'tasks.segmentation.asking.mirror.0'"),
    ],
)
def test_an_impossible_way_of_asking_is_refused_by_name(tmp_path: Path, asking: dict[str, Any], complaint: str) -> None:
    save_settings(tmp_path, ProjectSettings(name="one", tasks={"segmentation": TASK}))
    _changed(tmp_path, lambda document: document["tasks"]["segmentation"].update(asking=asking))
    with pytest.raises(SettingsError, match=re.escape(complaint)):
        load_settings(tmp_path)


def test_a_way_of_asking_chosen_from_within_is_in_force_and_in_the_file(project: Project) -> None:
    asking = Asking(augmented=3, mirror=(Mirror.HEAD_FEET, Mirror.LEFT_RIGHT))
    project.settings_file.set_asking("segmentation", asking)
    assert project.task_settings("segmentation").asking == asking
    assert load_settings(project.folder).tasks["segmentation"].asking == asking
