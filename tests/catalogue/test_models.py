from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from napari_medal.catalogue.annotations import NewAnnotation
from napari_medal.catalogue.models import ModelStatus, NewModel
from napari_medal.catalogue.project import Project
from napari_medal.core.evaluation import Interval
from napari_medal.core.plan import Plan
from napari_medal.errors import ProjectError

PLAN = Plan((1.0, 0.9, 0.9), (16, 24, 24), 2, (4, 8), ((1, 2, 2),), 2, 6, 4, 4e-3)
METRICS = {"dice_mean": Interval(0.8, 0.7, 0.9), "dice_anterior": Interval(0.5, float("nan"), 1.0)}


def _new(number: int, goes_live: bool, task: str = "segmentation") -> NewModel:
    return NewModel(task, number, "unet", PLAN, 1.5, None, (), {}, goes_live, f"reason {number}")


def test_a_version_comes_back_whole(project: Project) -> None:
    labels = [project.annotations.add(NewAnnotation("case1", "other", "ann", class_value=1)) for _ in range(3)]
    new = replace(_new(1, goes_live=True), annotations=[labels[0].identifier, labels[2].identifier], started_from=7)
    project.models.add(replace(new, metrics={"dice_mean": METRICS["dice_mean"]}))
    (found,) = project.models.all("segmentation")
    assert found == project.models.live("segmentation")
    assert (found.number, found.recipe, found.plan, found.seconds) == (1, "unet", PLAN, 1.5)
    assert (found.started_from, found.reason) == (7, "reason 1")
    assert found.annotations == {labels[0].identifier, labels[2].identifier}
    assert found.metrics == {"dice_mean": METRICS["dice_mean"]}
    assert found.folder == project.folder / "models" / "segmentation" / "v0001"


def test_an_interval_without_limits_comes_back(project: Project) -> None:
    project.models.add(replace(_new(1, goes_live=True), metrics=METRICS))
    live = project.models.live("segmentation")
    assert live is not None
    low = live.metrics["dice_anterior"].low
    assert low != low  # nan


def test_one_version_is_live_at_a_time(project: Project) -> None:
    assert project.models.live("segmentation") is None
    for number, goes_live in enumerate((True, True, False, True, False), start=1):
        assert project.models.next_number("segmentation") == number
        project.models.add(_new(number, goes_live))
    project.models.add(_new(1, goes_live=True, task="other"))
    assert [version.status for version in project.models.all("segmentation")] == [
        ModelStatus.RETIRED,
        ModelStatus.RETIRED,
        ModelStatus.CANDIDATE,
        ModelStatus.LIVE,
        ModelStatus.CANDIDATE,
    ]
    assert project.models.next_number("segmentation") == 6
    assert project.models.next_number("other") == 2


def test_a_version_that_cannot_be_entered_leaves_the_live_one(project: Project) -> None:
    project.models.add(_new(1, goes_live=True))
    for broken in (_new(1, goes_live=True), replace(_new(2, goes_live=True), annotations=[4711])):
        with pytest.raises(IntegrityError):
            project.models.add(broken)
    live = project.models.live("segmentation")
    assert live is not None
    assert live.number == 1
    assert len(project.models.all("segmentation")) == 1


def test_a_number_is_claimed_once_whoever_trains(project: Project) -> None:
    assert project.models.claim_number("segmentation") == 1
    assert project.models.claim_number("segmentation") == 2, "another training may be at work on the first"
    project.models.add(_new(2, goes_live=True))
    assert project.models.claim_number("segmentation") == 3
    assert project.models.claim_number("other") == 1


def test_another_version_serves_by_choice(project: Project) -> None:
    for number in (1, 2, 3):
        project.models.add(_new(number, goes_live=number < 3))
    project.models.add(_new(1, goes_live=True, task="other"))
    served = project.models.serve("segmentation", 3, "chosen")
    assert served == project.models.live("segmentation")
    assert (served.number, served.status, served.reason) == (3, ModelStatus.LIVE, "chosen")
    statuses = [version.status for version in project.models.all("segmentation")]
    assert statuses == [ModelStatus.RETIRED, ModelStatus.RETIRED, ModelStatus.LIVE]
    other = project.models.live("other")
    assert other is not None
    assert other.number == 1
    with pytest.raises(ProjectError, match="has no model 9; it has 1, 2, 3"):
        project.models.serve("segmentation", 9, "chosen")
    assert project.models.live("segmentation") == served
