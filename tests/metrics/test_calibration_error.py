import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.metrics.calibration_error import calibration_error


def answers(seed: int, n: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    odds = np.exp(2 * rng.normal(size=(n, classes)))
    return odds / odds.sum(axis=1, keepdims=True), rng.integers(0, classes, n)


def _by_hand(probabilities: np.ndarray, truth: np.ndarray, bins: int) -> float:
    total = 0.0
    for place in range(bins):
        low, high = place / bins, (place + 1) / bins
        members = [n for n in range(len(truth)) if low < probabilities[n].max() <= high]
        if members:
            right = np.mean([probabilities[n].argmax() == truth[n] for n in members])
            sure = np.mean([probabilities[n].max() for n in members])
            total += len(members) / len(truth) * abs(right - sure)
    return total


@given(st.integers(0, 9999), st.integers(1, 60), st.integers(2, 4), st.integers(1, 20))
def test_agrees_with_bins_one_by_one(seed, n, classes, bins):
    probabilities, truth = answers(seed, n, classes)
    assert calibration_error(probabilities, truth, bins) == pytest.approx(_by_hand(probabilities, truth, bins))


def test_known_values():
    sure = np.array([[1.0, 0.0]] * 4)
    assert calibration_error(sure, np.array([0, 0, 0, 1])) == pytest.approx(0.25)
    assert calibration_error(sure, np.zeros(4, dtype=int)) == 0.0
    assert math.isnan(calibration_error(sure[:0], np.zeros(0, dtype=int)))
