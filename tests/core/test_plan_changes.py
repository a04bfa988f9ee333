from dataclasses import fields, replace
from typing import Any

import pytest

from napari_medal.core.learning import Learning
from napari_medal.core.particulars import Particulars
from napari_medal.core.plan import Intensities, Plan
from napari_medal.core.plan_changes import AS_PLANNED, PlanChanges
from napari_medal.errors import SettingsError
from tests.core.test_plan import PLAN

UNIT = Intensities(-100.0, 300.0, 40.0, 60.0)
CHANGES: dict[str, Any] = {
    "spacing_mm": (2.0, 1.0, 1.0),
    "patch": (16, 64, 64),
    "batch": 3,
    "widths": (4, 8, 16),
    "strides": ((1, 1, 1), (2, 2, 2)),
    "cold_steps": 7,
    "warm_steps": 8,
    "kernels": ((1, 3, 3), (3, 3, 3), (3, 3, 3)),
    "intensities": (UNIT,),
    "foreground": 0.5,
    "particulars": Particulars(keep_largest=True),
}


def test_every_field_of_a_plan_can_be_changed() -> None:
    """But for those that are chosen in `Learning`, and for what the labels decide."""
    elsewhere = {field.name for field in fields(Plan)} & {field.name for field in fields(Learning)}
    assert elsewhere == {"members", "learning_rate", "dropout"}
    elsewhere.add("value_scale")
    assert {field.name for field in fields(Plan)} - elsewhere == {field.name for field in fields(PlanChanges)}
    assert {field.name for field in fields(PlanChanges)} == set(CHANGES)


@pytest.mark.parametrize("name", list(CHANGES))
def test_a_change_touches_its_field_alone(name: str) -> None:
    changed = PlanChanges(**{name: CHANGES[name]}).applied(PLAN)
    assert changed == replace(PLAN, **{name: CHANGES[name]})
    assert changed != PLAN


def test_without_changes_a_plan_stays() -> None:
    assert AS_PLANNED.applied(PLAN) is not None
    assert AS_PLANNED.applied(PLAN) == PLAN


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"spacing_mm": (0.0, 1.0, 1.0)}, "plan.spacing_mm: found (0.0, 1.0, 1.0); wanted numbers over 0"),
        ({"patch": (8, -32, 32)}, "plan.patch"),
        ({"batch": 0}, "plan.batch: found 0; wanted 1 or more"),
        ({"widths": (8, 0)}, "plan.widths"),
        ({"strides": ((1, 2, 0),)}, "plan.strides"),
        ({"cold_steps": 0}, "plan.cold_steps"),
        ({"warm_steps": -1}, "plan.warm_steps"),
        ({"kernels": ((2, 3, 3),)}, "plan.kernels: found ((2, 3, 3),); wanted odd sizes"),
        ({"foreground": 1.1}, "plan.foreground"),
    ],
)
def test_what_is_impossible_by_itself_is_refused_by_name(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        PlanChanges(**changes)
    assert complaint in str(refusal.value)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"patch": (8, 33, 32)}, r"plan\.patch: found \(8, 33, 32\); wanted multiples of \(2, 4, 4\)"),
        ({"strides": ((1, 2, 2), (8, 2, 2))}, None),
        ({"strides": ((1, 2, 2), (3, 2, 2))}, r"plan\.patch: found \(8, 32, 32\); wanted multiples of \(3, 4, 4\)"),
        ({"strides": ((1, 2, 2),)}, r"plan\.strides: found \(\(1, 2, 2\),\); wanted 2, one less than widths"),
        ({"widths": (4, 8, 16, 32)}, r"plan\.strides"),
        ({"kernels": ((3, 3, 3),)}, r"plan\.kernels: .*wanted 3, as many as widths"),
        ({"patch": (1, 32, 32), "strides": ((1, 2, 2), (1, 2, 2))}, r"plan\.patch: .*two slices or more"),
    ],
)
def test_what_does_not_fit_the_rest_is_refused_by_name(changes: dict[str, Any], complaint: str | None) -> None:
    if complaint is None:
        assert PlanChanges(**changes).applied(PLAN).divisor == (8, 4, 4)
        return
    with pytest.raises(SettingsError, match=complaint):
        PlanChanges(**changes).applied(PLAN)


def test_2d_images_stay_2d() -> None:
    flat = replace(PLAN, patch=(1, 32, 32), strides=((1, 2, 2), (1, 2, 2)))
    assert PlanChanges(patch=(1, 64, 64)).applied(flat).patch == (1, 64, 64)
    with pytest.raises(SettingsError, match="a single slice"):
        PlanChanges(patch=(2, 64, 64)).applied(flat)


@pytest.mark.parametrize("name", ["spacing_mm", "widths", "strides", "kernels", "intensities"])
def test_weights_of_another_network_or_another_view_of_the_data_do_not_fit(name: str) -> None:
    other = replace(PLAN, **{name: CHANGES[name]})
    assert not other.continues(PLAN)
    assert not PLAN.continues(other)


@pytest.mark.parametrize(
    "name", [name for name in CHANGES if name not in ("spacing_mm", "widths", "strides", "kernels", "intensities")]
)
def test_weights_go_on_fitting_where_only_the_training_changed(name: str) -> None:
    assert replace(PLAN, **{name: CHANGES[name]}).continues(PLAN)


def test_kernels_that_are_left_unsaid_are_the_usual_ones() -> None:
    assert replace(PLAN, kernels=((3, 3, 3),) * 3).continues(PLAN)
