import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.recipe import Recipe
from napari_medal.core.target import Target
from napari_medal.engine.device import Device, choose_device
from napari_medal.engine.ensemble import Ensemble
from napari_medal.engine.examples import Example
from napari_medal.engine.foreign import Adoption
from napari_medal.engine.prepare import Prepared
from napari_medal.engine.train import cycles, train
from napari_medal.engine.training import Training
from napari_medal.errors import JobCancelled, ModelError
from tests.small import RESNET, UNET, SmallUNet, Watch, cancel_at, grid

VOLUMES = Fingerprint(4, 1, (1.0, 1.0, 1.0), (16, 16, 16), (16, 16, 16), planar=False)
IMAGES = Fingerprint(4, 1, (1.0, 1.0, 1.0), (1, 16, 16), (1, 16, 16), planar=True)
MEMORY = Memory(2**30, accelerated=False)


@pytest.fixture(scope="module")
def device() -> Device:
    return replace(choose_device("cpu"), half=False, threads=1)


def _mask_example(shape: tuple[int, int, int], seed: int) -> Example:
    """A bright box in noise: what a network learns in a few steps."""
    random = np.random.default_rng(seed)
    mask = np.zeros(shape, dtype=np.uint8)
    z, y, x = (int(n) for n in random.integers(1, 5, 3))
    mask[min(z, shape[0] - 1) :, y : y + 8, x : x + 8] = 1
    image = mask * 2.0 - 0.5 + random.normal(0, 0.1, shape)
    return Example(Prepared(image[None].astype(np.float32), grid(shape), (1.0, 1.0, 1.0)), mask=mask)


def _class_example(shape: tuple[int, int, int], seed: int) -> Example:
    value = seed % 2
    image = np.random.default_rng(seed).normal(0, 0.3, shape)
    image[..., : shape[-1] // 2] += 1 if value else -1
    return Example(Prepared(image[None].astype(np.float32), grid(shape), (1.0, 1.0, 1.0)), class_index=value)


def _training(device: Device, recipe: Recipe = UNET, fingerprint: Fingerprint = VOLUMES, **changes: Any) -> Training:
    plan = recipe.plan(fingerprint, MEMORY)
    make = _mask_example if recipe.target is Target.MASK else _class_example
    examples = [make((1 if fingerprint.planar else 16, 16, 16), seed) for seed in range(4)]
    return replace(Training(recipe, plan, 1, 2, examples, None, 0, device), **changes)


def _steps(training: Training, cold: int, members: int = 1) -> Training:
    plan = replace(training.plan, cold_steps=cold, members=members, learning_rate=2e-2)
    return replace(training, plan=plan)


def _losses(watch: Watch) -> list[float]:
    return [point.value for point in watch.points if point.curve == "loss"]


def _equal(first: Any, second: Any) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("recipe", [UNET, RESNET], ids=lambda recipe: recipe.name)
@pytest.mark.parametrize("fingerprint", [VOLUMES, IMAGES], ids=["3D", "2D"])
def test_training_gives_one_set_of_weights_for_each_member(
    device: Device, recipe: Recipe, fingerprint: Fingerprint
) -> None:
    watch = Watch()
    training = _training(device, recipe, fingerprint)
    members = train(training, watch)
    assert len(members) == 2
    assert not _equal(*members)
    assert watch.texts == ["Training"] * 6
    ensemble = Ensemble(recipe, training.plan, 1, 2, members, device)
    samples = ensemble.samples(training.examples[0].prepared)
    space = training.examples[0].prepared.grid.shape if recipe.target is Target.MASK else ()
    assert samples.shape == (2, 2, *space)
    assert np.allclose(samples.sum(axis=1), 1, atol=1e-5)


def test_the_same_seed_gives_the_same_weights(device: Device) -> None:
    torch.manual_seed(1)
    first = train(_training(device), Watch())
    torch.manual_seed(2)  # the generator of the process plays no part
    second = train(_training(device), Watch())
    other = train(_training(device, seed=7), Watch())
    assert all(_equal(a, b) for a, b in zip(first, second, strict=True))
    assert not _equal(first[0], other[0])


def test_training_leaves_the_generator_of_the_process_alone(device: Device) -> None:
    torch.manual_seed(1)
    wanted = torch.rand(3)
    torch.manual_seed(1)
    train(_training(device), Watch())
    assert torch.equal(torch.rand(3), wanted)


def test_the_loss_falls_and_the_structure_is_found(device: Device) -> None:
    watch = Watch()
    training = _steps(_training(device), 60)
    members = train(training, watch)
    losses = _losses(watch)
    assert len(losses) == 12
    assert np.mean(losses[-3:]) < 0.6 * losses[0]
    new = _mask_example((16, 16, 16), 99)
    answer = Ensemble(UNET, training.plan, 1, 2, members, device).samples(new.prepared)[0].argmax(axis=0)
    assert new.mask is not None
    dice = 2 * np.count_nonzero((answer == 1) & (new.mask == 1)) / (answer.sum() + new.mask.sum())
    assert dice > 0.8


def test_a_class_is_learnt(device: Device) -> None:
    watch = Watch()
    training = _steps(_training(device, RESNET), 60)
    members = train(training, watch)
    ensemble = Ensemble(RESNET, training.plan, 1, 2, members, device)
    answers = [int(ensemble.samples(_class_example((16, 16, 16), seed).prepared)[0].argmax()) for seed in range(10, 16)]
    assert answers == [0, 1, 0, 1, 0, 1]


@pytest.mark.parametrize("call", [1, 2, 5])
def test_cancel_is_answered_at_the_very_next_step(device: Device, call: int) -> None:
    watch = cancel_at(call)
    with pytest.raises(JobCancelled):
        train(_training(device), watch)
    assert watch.calls == call
    assert len(watch.texts) <= call


def test_a_loss_that_is_no_number_ends_the_training(device: Device) -> None:
    training = _training(device)
    training.examples[0].prepared.image[:] = np.nan
    with pytest.raises(ModelError, match=r"The loss became nan at step \d"):
        train(replace(training, examples=training.examples[:1]), Watch())


class _Broken(nn.Module):
    """A network whose answer, or whose gradient, is no number at chosen calls."""

    def __init__(self, network: nn.Module, answers: set[int], gradients: set[int]) -> None:
        super().__init__()
        self.network = network
        self._answers, self._gradients = answers, gradients
        self.calls = 0

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        answer: torch.Tensor = self.network(image)
        if self.calls in self._gradients:
            answer.register_hook(lambda gradient: gradient * float("inf"))
        return answer * float("nan") if self.calls in self._answers else answer


def _broken(answers: set[int], gradients: set[int]) -> SmallUNet:
    class Broken(SmallUNet):
        def build(self, plan: Plan, channels: int, outputs: int) -> nn.Module:
            return _Broken(super().build(plan, channels, outputs), answers, gradients)

    return Broken()


@pytest.mark.parametrize(("answers", "gradients"), [({3}, set()), (set(), {1}), ({2, 4}, {3, 5})])
def test_a_training_goes_back_and_on_when_the_loss_is_no_number(
    device: Device, answers: set[int], gradients: set[int]
) -> None:
    watch = Watch()
    members = train(_training(device, _broken(answers, gradients)), watch)
    assert len(members) == 2
    assert all(torch.isfinite(tensor).all() for weights in members for tensor in weights.values())
    told = [text for text in dict.fromkeys(watch.texts) if "back to the last good weights" in text]
    assert len(told) == len(answers) + len(gradients)
    assert f"learning rate x {0.5 ** len(told):g})" in told[-1]


def test_it_goes_back_to_the_weights_before_the_break(device: Device) -> None:
    training = _training(device, _broken({2, 3}, set()))
    still = replace(training.plan, cold_steps=1, members=1, learning_rate=0.0)
    untouched = train(replace(training, plan=still), Watch())[0]
    plan = replace(training.plan, cold_steps=2, members=1, learning_rate=0.0)
    assert _equal(train(replace(training, plan=plan), Watch())[0], untouched)


def test_it_gives_up_after_five_returns(device: Device) -> None:
    with pytest.raises(ModelError, match=r"The loss became (inf|nan) at step 1, and again after 5 returns"):
        train(_training(device, _broken(set(), set(range(1, 100)))), Watch())


def test_a_cold_start_takes_over_what_fits_of_foreign_weights(device: Device) -> None:
    other = train(_training(device, outputs=3), Watch())[-1]
    told: list[Adoption] = []
    training = _training(device, foreign=other, adopted=told.append)
    frozen = replace(training, plan=replace(training.plan, learning_rate=0.0, cold_steps=1, members=1))
    weights = train(frozen, Watch())[0]
    assert set(told[0].missing) == {"head.weight", "head.bias"} == set(told[0].unused)
    assert all(torch.equal(weights[name], other[name]) for name in told[0].taken)


def test_no_example_is_refused(device: Device) -> None:
    with pytest.raises(ModelError, match="at least one labelled case"):
        train(_training(device, examples=()), Watch())


def test_a_warm_start_starts_from_the_weights(device: Device) -> None:
    training = _training(device)
    start = train(training, Watch())[-1]
    frozen = replace(training, start=start, plan=replace(training.plan, learning_rate=0.0, warm_steps=1, members=1))
    assert _equal(train(frozen, Watch())[0], start)
    watch = Watch()
    warm = train(replace(training, start=start), watch)
    assert watch.texts == ["Training"] * training.plan.warm_steps
    assert not _equal(warm[-1], start)


def test_a_warm_start_begins_with_a_lower_loss(device: Device) -> None:
    cold_watch, warm_watch = Watch(), Watch()
    training = _steps(_training(device), 60)
    start = train(training, cold_watch)[-1]
    train(replace(training, start=start, plan=replace(training.plan, warm_steps=5)), warm_watch)
    assert _losses(warm_watch)[0] < 0.7 * _losses(cold_watch)[0]


def test_weights_of_another_network_are_refused(device: Device) -> None:
    start = train(_training(device), Watch())[-1]
    with pytest.raises(ModelError, match="do not fit"):
        train(_training(device, start=start, outputs=3), Watch())


def test_the_judge_is_asked_twice_a_cycle(device: Device) -> None:
    asked: list[Ensemble] = []

    def judge(ensemble: Ensemble) -> float:
        asked.append(ensemble)
        return float(len(asked))

    watch = Watch()
    train(_steps(_training(device, judge=judge), 10, members=2), watch)
    curve = [(point.step, point.value) for point in watch.points if point.curve == "validation"]
    assert curve == [(3, 1.0), (6, 2.0), (8, 3.0), (10, 4.0)]


@pytest.mark.parametrize("cold", [True, False])
@pytest.mark.parametrize("members", [1, 2, 3, 5])
@pytest.mark.parametrize("steps", [10, 31, 300])
def test_cycles_share_out_all_steps(steps: int, members: int, cold: bool) -> None:
    lengths = cycles(steps, members, cold)
    assert len(lengths) == members
    assert sum(lengths) == steps
    assert min(lengths) >= 1


def test_an_easy_curve_is_made_of_numbers(device: Device) -> None:
    watch = Watch()
    train(_training(device, SmallUNet(cold_steps=10)), watch)
    assert [point.step for point in watch.points] == [5, 10]
    assert all(math.isfinite(point.value) for point in watch.points)


def test_a_plan_for_more_steps_takes_more(device: Device) -> None:
    plan: Plan = SmallUNet(cold_steps=9).plan(VOLUMES, MEMORY)
    watch = Watch()
    train(_training(device, plan=plan), watch)
    assert len(watch.texts) == 9
