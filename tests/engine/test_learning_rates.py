from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.engine.device import choose_device
from napari_medal.engine.learning_rates import CURVE, find_learning_rate, learning_rate_at, steepest
from tests.engine.learning import tiny_training
from tests.small import RESNET, UNET, Watch


@pytest.mark.parametrize("recipe", [UNET, RESNET], ids=lambda recipe: recipe.name)
def test_a_rate_between_too_low_and_too_high_is_found(recipe: object) -> None:
    training = tiny_training(replace(choose_device("cpu"), half=False, threads=1), recipe)  # type: ignore[arg-type]
    watch = Watch()
    found = find_learning_rate(training, watch)
    assert found.suggested is not None
    assert 1e-4 < found.suggested < 0.3
    assert list(found.rates) == sorted(found.rates)
    assert [point.value for point in watch.points] == list(found.losses)
    assert {point.curve for point in watch.points} == {CURVE}
    torch.testing.assert_close(found.rates, tuple(learning_rate_at(point.step) for point in watch.points))


@given(st.integers(20, 60), st.integers(15, 60), st.integers(5, 20))
def test_it_lies_where_the_loss_falls(flat: int, fall: int, rise: int) -> None:
    """Flat with a little noise, then down a slope, then up a wall."""
    noise = 0.001 * np.random.default_rng(0).random(flat)
    losses = [*(1.0 + noise), *np.linspace(1.0, 0.2, fall), *np.linspace(0.3, 4.0, rise)]
    rates = [learning_rate_at(step) for step in range(len(losses))]
    found = steepest(rates, losses)
    assert found is not None
    assert rates[flat - 4] <= found <= rates[flat + fall]


def test_where_the_loss_never_falls_nothing_is_suggested() -> None:
    rates = [learning_rate_at(step) for step in range(30)]
    assert steepest(rates, [1.0 + 0.01 * step for step in range(30)]) is None
    assert steepest([], []) is None
