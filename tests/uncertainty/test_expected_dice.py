import numpy as np
import pytest

from napari_medal.uncertainty.expected_dice import MEASURE


def _samples(probability: np.ndarray) -> np.ndarray:
    return np.stack([1.0 - probability, probability])[None].astype(np.float32)


def test_by_hand() -> None:
    probability = np.array([[[0.9, 0.6, 0.4, 0.0]]])
    found = MEASURE.per_class(_samples(probability))
    assert found[1] == pytest.approx(1 - (2 * 1.5 + 1) / (1.9 + 2 + 1))


def test_it_is_the_dice_that_chance_gives_where_the_probabilities_are_right() -> None:
    random = np.random.default_rng(0)
    probability = np.clip(random.normal(0.5, 0.4, (12, 20, 20)), 0.0, 1.0)
    mask = probability > 0.5
    truths = random.random((200, *probability.shape)) < probability
    dice = [2 * (truth & mask).sum() / (truth.sum() + mask.sum()) for truth in truths]
    assert 1 - MEASURE.per_class(_samples(probability))[1] == pytest.approx(np.mean(dice), abs=2e-3)


def test_small_structures_lose_more_by_the_same_blur() -> None:
    def ball(radius: float) -> np.ndarray:
        z, y, x = np.mgrid[:32, :32, :32] - 15.5
        return 1 / (1 + np.exp((np.sqrt(z**2 + y**2 + x**2) - radius) * 2))

    small, large = (MEASURE.per_class(_samples(ball(radius)))[1] for radius in (4.0, 12.0))
    assert small > 2 * large > 0


def test_a_structure_that_nobody_expects_is_no_doubt() -> None:
    assert MEASURE.per_class(_samples(np.zeros((3, 4, 5))))[1] == 0.0


def test_a_class_is_in_doubt_as_far_as_it_is_undecided() -> None:
    samples = np.array([[0.5, 0.5, 0.0], [0.9, 0.1, 0.0]], dtype=np.float32)
    assert MEASURE.per_class(samples) == pytest.approx([0.6, 0.6, 0.0])
    assert MEASURE.map(samples) == pytest.approx(0.3 * 1.5)
