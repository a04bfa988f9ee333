"""The choices of `Learning`, each in a real training of a tiny network."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from napari_medal.core.learning import Balance, Learning, Sampling, ScheduleName
from napari_medal.core.loss_name import LossName
from napari_medal.core.particulars import Particulars
from napari_medal.engine.checkpoint import Checkpoint
from napari_medal.engine.device import Device, choose_device
from napari_medal.engine.ensemble import Ensemble, Weights
from napari_medal.engine.layers import layers
from napari_medal.engine.shrink import shrink
from napari_medal.engine.train import train
from napari_medal.errors import JobCancelled, SettingsError
from tests.engine.learning import Losses, tiny_training
from tests.small import RESNET, UNET, Watch


@pytest.fixture(scope="module")
def device() -> Device:
    return replace(choose_device("cpu"), half=False, threads=1)


def _moved(before: Weights, after: Weights) -> set[str]:
    return {name for name in before if not torch.equal(before[name], after[name])}


def _equal(first: Weights, second: Weights) -> bool:
    return first.keys() == second.keys() and not _moved(first, second)


@pytest.mark.parametrize("loss", [LossName.JACCARD, LossName.FOCAL_TVERSKY, LossName.WEIGHTED_CE, LossName.DICE_FOCAL])
def test_a_network_learns_by_every_kind_of_loss(device: Device, loss: LossName) -> None:
    training = tiny_training(device, learning=Learning(loss=loss))
    plan = replace(training.plan, cold_steps=40, members=1, learning_rate=2e-2)
    losses = Losses()
    train(replace(training, plan=plan), losses)
    assert losses.values[-1] < 0.8 * losses.values[0]


def test_a_loss_that_does_not_fit_the_answer_is_refused(device: Device) -> None:
    with pytest.raises(SettingsError, match="found 'ordinal'; a mask takes"):
        train(tiny_training(device, learning=Learning(loss=LossName.ORDINAL)), Watch())
    with pytest.raises(SettingsError, match="found 'jaccard'; a class takes"):
        train(tiny_training(device, RESNET, learning=Learning(loss=LossName.JACCARD)), Watch())


def test_the_schedule_is_the_one_that_was_chosen(device: Device) -> None:
    usual = train(tiny_training(device), Watch())
    flat = train(tiny_training(device, learning=Learning(schedule=ScheduleName.FLAT_COSINE)), Watch())
    assert not _equal(usual[0], flat[0])


def test_frozen_layers_keep_the_weights_that_they_start_from(device: Device) -> None:
    training = tiny_training(device)
    start = train(training, Watch())[-1]
    half = train(replace(training, start=start, learning=Learning(frozen=0.5)), Watch())[-1]
    held = layers(UNET.build(training.plan, 1, 2), Learning())
    still = {layer.name for layer in held[: round(0.5 * len(held))]}
    assert {name.rpartition(".")[0] for name in _moved(start, half)} == {layer.name for layer in held} - still
    assert still


@pytest.mark.parametrize(("after", "learns"), [(0.5, True), (0.99, True), (1.0, False)])
def test_frozen_layers_learn_from_some_step_on(device: Device, after: float, learns: bool) -> None:
    training = tiny_training(device)
    plan = replace(training.plan, warm_steps=4, members=1)
    start = train(training, Watch())[-1]
    learning = Learning(frozen=0.5, unfreeze_after=after)
    moved = _moved(start, train(replace(training, start=start, plan=plan, learning=learning), Watch())[-1])
    assert ("stem.0.weight" in moved) is (learns and after * 4 <= 3)


def test_early_layers_learn_more_slowly_where_that_is_wanted(device: Device) -> None:
    training = tiny_training(device)
    plan = replace(training.plan, cold_steps=1, members=1)
    start = train(replace(training, plan=replace(plan, learning_rate=0.0)), Watch())[0]

    def moves(decay: float) -> dict[str, float]:
        after = train(replace(training, plan=plan, learning=Learning(layer_decay=decay)), Watch())[0]
        return {name: float((after[name] - start[name]).abs().max()) for name in after}

    alike, unlike = moves(1.0), moves(0.01)
    assert unlike["head.weight"] == pytest.approx(alike["head.weight"], rel=1e-3)
    assert unlike["stem.0.weight"] == pytest.approx(0.01 * alike["stem.0.weight"], rel=0.05)


def test_the_running_mean_is_kept_instead_of_the_last_weights(device: Device) -> None:
    training = tiny_training(device)
    plan = replace(training.plan, cold_steps=3, members=1)
    each = [train(replace(training, plan=replace(plan, cold_steps=n)), Watch()) for n in (1, 3)]
    mean = train(replace(training, plan=plan, learning=Learning(ema=0.9)), Watch())[0]
    assert not _equal(mean, each[-1][0])
    start = train(replace(training, plan=replace(plan, learning_rate=0.0)), Watch())[0]
    name = "head.weight"
    whole, part = ((weights[name] - start[name]).abs().sum() for weights in (each[-1][0], mean))
    assert 0 < part < whole


def test_patience_ends_a_cycle_and_keeps_its_best_weights(device: Device) -> None:
    values = iter([0.5, 0.7, 0.6, 0.65, 0.9])
    seen: list[Weights] = []

    def judge(ensemble: Ensemble) -> float:
        seen.append({name: value.clone() for name, value in ensemble._networks[0].state_dict().items()})
        return next(values)

    training = tiny_training(device, judge=judge, learning=Learning(patience=2))
    watch = Watch()
    members = train(replace(training, plan=replace(training.plan, cold_steps=20, members=1)), watch)
    assert len(seen) == 4
    assert watch.texts == ["Training"] * 8
    assert _equal(members[0], seen[1])


def test_the_second_phase_moves_the_last_layer_alone(device: Device) -> None:
    training = tiny_training(device, RESNET, learning=Learning(balance=Balance(two_phase=True)))
    plan = replace(training.plan, members=1)
    first = train(replace(training, plan=plan, learning=Learning()), Watch())[0]
    both = train(replace(training, plan=plan), Watch())[0]
    assert _moved(first, both) == {"4.weight", "4.bias"}


def test_cost_weights_change_what_is_learnt_where_classes_are_unequal(device: Device) -> None:
    balance = Balance(Sampling.AS_THEY_ARE)
    training = tiny_training(device, RESNET, learning=Learning(balance=balance))
    unequal = replace(training, examples=[*training.examples[:3], training.examples[0]])
    weighted = replace(unequal, learning=Learning(balance=replace(balance, cost_weights=True)))
    assert not _equal(train(unequal, Watch())[0], train(weighted, Watch())[0])


def test_shrunk_weights_lie_between_the_old_ones_and_new_ones(device: Device) -> None:
    training = tiny_training(device)
    old = train(training, Watch())[-1]
    still = replace(training.plan, warm_steps=1, members=1, learning_rate=0.0)
    begun = train(replace(training, start=old, shrunk=True, seed=5, plan=still), Watch())[0]
    with torch.random.fork_rng():
        torch.manual_seed(5)
        fresh = UNET.build(training.plan, 1, 2)
    assert _equal(begun, shrink(old, fresh))
    name, random = "head.weight", fresh.state_dict()["head.weight"]
    torch.testing.assert_close(begun[name], 0.6 * old[name] + 0.4 * random)


class _Killed(Watch):
    """Progress under which the program dies after some steps."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self._left = steps

    def step(self, done: int, total: int, text: str) -> None:
        super().step(done, total, text)
        self._left -= 1
        if self._left == 0:
            raise JobCancelled


def _judge(ensemble: Ensemble) -> float:
    """Like a real one, it depends on the weights and on nothing else."""
    return float(ensemble._networks[0].state_dict()["head.weight"].sum())


@pytest.mark.parametrize("steps", [2, 4, 7, 11])
@pytest.mark.parametrize(
    "learning",
    [
        Learning(),
        Learning(ema=0.9, layer_decay=0.5, dropout=0.2),
        Learning(patience=3),
        Learning(frozen=0.5, unfreeze_after=0.4),
    ],
    ids=["usual", "mean", "patience", "frozen"],
)
def test_an_interrupted_training_ends_where_it_would_have_ended(
    device: Device, tmp_path: Path, steps: int, learning: Learning
) -> None:
    training = tiny_training(device, learning=learning, judge=_judge)
    training = replace(training, plan=replace(training.plan, cold_steps=12, dropout=learning.dropout or 0.0))
    whole = train(training, Watch())
    path = tmp_path / "interrupted.safetensors"
    with pytest.raises(JobCancelled):
        train(replace(training, judge=_judge, checkpoint=Checkpoint(path, seconds=0.0)), _Killed(steps))
    watch = Watch()
    rest = train(replace(training, judge=_judge, checkpoint=Checkpoint(path)), watch)
    assert len(watch.texts) == 12 - (steps - 1)
    assert all(_equal(first, second) for first, second in zip(whole, rest, strict=True))


def test_a_finished_training_is_not_run_again(device: Device, tmp_path: Path) -> None:
    path = tmp_path / "interrupted.safetensors"
    training = tiny_training(device, checkpoint=Checkpoint(path, seconds=1e9))
    whole = train(training, Watch())
    watch = Watch()
    again = train(training, watch)
    assert watch.texts == []
    assert all(_equal(first, second) for first, second in zip(whole, again, strict=True))


def test_a_damaged_checkpoint_is_left_aside(device: Device, tmp_path: Path) -> None:
    path = tmp_path / "interrupted.safetensors"
    training = tiny_training(device, checkpoint=Checkpoint(path))
    whole = train(training, Watch())
    path.write_bytes(path.read_bytes()[:-100])
    again = train(training, Watch())
    assert all(_equal(first, second) for first, second in zip(whole, again, strict=True))


def test_a_recipes_own_loss_stands_in_where_nobody_has_chosen_one(device: Device) -> None:
    training = tiny_training(device)
    own = replace(training.plan, cold_steps=3, members=1, particulars=Particulars(loss=LossName.JACCARD))
    plain = replace(own, particulars=Particulars())
    usual = train(replace(training, plan=own), Watch())
    chosen = train(replace(training, plan=plain, learning=Learning(loss=LossName.JACCARD)), Watch())
    other = train(replace(training, plan=plain), Watch())
    assert all(torch.equal(usual[0][name], chosen[0][name]) for name in usual[0])
    assert not all(torch.equal(usual[0][name], other[0][name]) for name in usual[0])
    over = train(replace(training, plan=own, learning=Learning(loss=LossName.DICE_CE)), Watch())
    assert all(torch.equal(over[0][name], other[0][name]) for name in over[0])
