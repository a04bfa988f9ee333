from dataclasses import replace
from math import prod

import pytest
import torch

from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.plan_changes import PlanChanges
from napari_medal.core.recipe import Recipe
from napari_medal.engine import fit_plan as fitting
from napari_medal.engine.device import Device
from napari_medal.engine.fit_plan import FittedPlan, fit_plan
from napari_medal.engine.step_memory import StepMemory
from napari_medal_models.attention_unet.recipe import RECIPE as ATTENTION_UNET
from napari_medal_models.dynunet.recipe import RECIPE as DYNUNET
from napari_medal_models.residual_unet.recipe import RECIPE as RESIDUAL_UNET
from napari_medal_models.resnet.recipe import RECIPE as RESNET
from napari_medal_models.segresnet.recipe import RECIPE as SEGRESNET
from napari_medal_models.swin_unetr.recipe import RECIPE as SWIN_UNETR
from napari_medal_models.unet.recipe import RECIPE as UNET
from napari_medal_models.unet_2d.recipe import RECIPE as UNET_2D

GIBIBYTE = 2**30
ANISOTROPIC = [UNET, RESIDUAL_UNET, ATTENTION_UNET, DYNUNET, SEGRESNET]
RECIPES: list[Recipe] = [*ANISOTROPIC, UNET_2D, SWIN_UNETR]
SMALL_MR = Fingerprint(20, 1, (1.0, 1.0, 1.0), (36, 50, 36), (40, 50, 40), planar=False)
THICK = Fingerprint(20, 1, (5.0, 0.7, 0.7), (20, 320, 320), (20, 320, 320), planar=False)
CT = Fingerprint(20, 1, (1.5, 0.8, 0.8), (400, 512, 512), (400, 512, 512), planar=False)
PLANAR = Fingerprint(20, 1, (1.0, 1.0, 1.0), (1, 512, 512), (1, 512, 512), planar=True)
ON_CPU = [Memory(4 * GIBIBYTE, accelerated=False)]
ON_GPU = [Memory(gibibytes * GIBIBYTE, accelerated=True) for gibibytes in (6, 8, 12, 24, 140)]


def _fit(recipe: Recipe, found: Fingerprint, memory: Memory, changes: PlanChanges = PlanChanges()) -> FittedPlan:  # noqa: B008
    device = Device(torch.device("cpu"), "nowhere", memory, half=False, threads=2)
    plan = changes.applied(recipe.plan(found, memory))
    return fit_plan(recipe, plan, found, 3, device, changes)


def _budgets(recipe: Recipe, found: Fingerprint) -> list[Memory]:
    """Every budget where the data are large; elsewhere, and for a network that takes long to build, fewer."""
    if recipe is SWIN_UNETR:
        return {SMALL_MR: ON_CPU, THICK: ON_GPU[:1], CT: ON_GPU[2:3], PLANAR: ON_GPU[-1:]}[found]
    return [*ON_CPU, *ON_GPU] if found is CT else [*ON_CPU, ON_GPU[0]]


@pytest.mark.slow
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_a_step_never_holds_more_than_the_budget(recipe: Recipe) -> None:
    for found in (SMALL_MR, THICK, CT, PLANAR):
        for memory in _budgets(recipe, found):
            fitted = _fit(recipe, found, memory)
            plan = fitted.plan
            assert fitted.fits
            assert fitted.step_bytes <= memory.budget_bytes
            assert not any(side % step for side, step in zip(plan.patch, plan.divisor, strict=True))
            assert prod(plan.patch) >= prod(recipe.plan(found, memory).patch)
            assert (plan.patch[0] == 1) == found.planar
            if found is THICK and recipe in ANISOTROPIC:
                assert plan.kernels[0] == (1, 3, 3)
                assert plan.strides[0] == (1, 2, 2)


def test_what_is_said_is_what_is_measured() -> None:
    fitted = _fit(UNET, CT, ON_GPU[0])
    assert fitted.step_bytes == StepMemory(UNET, fitted.plan, 1, 3).bytes(fitted.plan)


def test_an_accelerator_with_room_takes_patches_up_to_the_useful_size() -> None:
    patches = [prod(_fit(UNET, CT, memory).plan.patch) for memory in ON_GPU]
    assert patches == sorted(patches)
    assert patches[0] < patches[2] < patches[-1] == 160**3
    assert _fit(UNET, THICK, ON_GPU[-1]).plan.patch == (20, 320, 320)


def test_a_network_that_looks_along_no_slice_gets_no_deeper_piles() -> None:
    planned = UNET_2D.plan(CT, ON_GPU[-1])
    fitted = _fit(UNET_2D, CT, ON_GPU[-1]).plan
    assert fitted.patch == (planned.patch[0], 512, 512)


def test_many_small_cases_come_in_larger_batches_few_do_not() -> None:
    many = replace(SMALL_MR, cases=200)
    assert _fit(UNET, many, ON_GPU[-1]).plan.batch == 8
    assert _fit(UNET, SMALL_MR, ON_GPU[-1]).plan.batch == 2
    assert _fit(UNET, many, ON_CPU[0]).plan == UNET.plan(many, ON_CPU[0])
    assert _fit(UNET, replace(PLANAR, cases=2000), ON_GPU[-1]).plan.batch == 31


@pytest.mark.parametrize("mebibytes", [500, 200, 130])
def test_where_memory_is_short_fewer_patches_come_and_then_smaller_ones(mebibytes: int) -> None:
    wanted = replace(UNET.plan(CT, ON_CPU[0]), batch=6)
    device = Device(torch.device("cpu"), "small", Memory(mebibytes * 2**20, accelerated=False), False, 2)
    fitted = fit_plan(UNET, wanted, CT, 3, device)
    assert fitted.fits
    assert fitted.step_bytes <= mebibytes * 2**20
    assert fitted.plan.batch == 2
    assert (fitted.plan.patch == wanted.patch) == (mebibytes == 500)
    larger = replace(fitted.plan, batch=3) if mebibytes == 500 else _next_larger(fitted.plan, wanted)
    assert StepMemory(UNET, wanted, 1, 3).bytes(larger) > mebibytes * 2**20 * 0.9


def _next_larger(plan: Plan, wanted: Plan) -> Plan:
    """Undo the last step of shrinking."""
    z, y, x = (min(side + step, most) for side, step, most in zip(plan.patch, plan.divisor, wanted.patch, strict=True))
    return replace(plan, patch=(z, y, x))


def test_where_nothing_fits_the_smallest_is_tried_and_said_not_to_fit() -> None:
    device = Device(torch.device("cpu"), "tiny", Memory(2**20, accelerated=False), False, 2)
    fitted = fit_plan(UNET, UNET.plan(CT, ON_CPU[0]), CT, 3, device)
    assert not fitted.fits
    assert fitted.plan.patch == tuple(2 * step for step in fitted.plan.divisor)
    assert fitted.plan.batch == 1


def test_what_a_person_decided_stays() -> None:
    changes = PlanChanges(patch=(64, 64, 96), batch=5)
    for memory in (Memory(2**26, accelerated=False), ON_GPU[-1]):
        plan = _fit(UNET, CT, memory, changes).plan
        assert (plan.patch, plan.batch) == ((64, 64, 96), 5)
    assert _fit(UNET, CT, ON_GPU[-1], PlanChanges(batch=3)).plan.batch == 3
    assert _fit(UNET, CT, ON_GPU[-1], PlanChanges(patch=(64, 64, 64))).plan.patch == (64, 64, 64)


def test_whole_images_for_a_class_keep_their_size() -> None:
    memory = Memory(3 * 2**26, accelerated=True)
    planned, fitted = RESNET.plan(CT, memory), _fit(RESNET, CT, memory)
    assert fitted.fits
    assert fitted.plan.patch == planned.patch
    assert fitted.plan.batch < planned.batch


@pytest.mark.parametrize(("ratio", "larger"), [(0.5, True), (1.0, False), (1.6, False)])
def test_on_a_graphics_card_real_steps_correct_the_walk(
    ratio: float, larger: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A card that holds so many times what the walk says; there is none here to take a real step on."""
    memory = StepMemory(UNET, UNET.plan(CT, ON_GPU[0]), 1, 3)

    def real(recipe: Recipe, plan: Plan, channels: int, outputs: int, device: Device) -> int:
        return int(memory.bytes(plan) * ratio) - memory.fixed

    monkeypatch.setattr(fitting, "step_on_device", real)
    device = Device(torch.device("cuda"), "card", ON_GPU[0], half=False, threads=2)
    fitted = fit_plan(UNET, UNET.plan(CT, ON_GPU[0]), CT, 3, device)
    walked = _fit(UNET, CT, ON_GPU[0]).plan
    assert memory.bytes(fitted.plan) * ratio <= ON_GPU[0].budget_bytes
    assert fitted.step_bytes == pytest.approx(memory.bytes(fitted.plan) * ratio, rel=1e-6)
    assert (prod(fitted.plan.patch) > prod(walked.patch)) == larger
    assert (prod(fitted.plan.patch) < prod(walked.patch)) == (ratio > 1)
