import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from napari_medal.metrics.kappa import kappa


@given(st.integers(0, 9999), st.integers(4, 60), st.integers(2, 4))
def test_agrees_with_scikit_learn(seed, n, classes):
    rng = np.random.default_rng(seed)
    first = rng.integers(0, classes, n)
    first[:2] = 0, 1
    second = np.where(rng.random(n) < 0.6, first, rng.integers(0, classes, n))
    found = kappa(first, second, classes)
    assert found.value == pytest.approx(cohen_kappa_score(first, second))
    assert -1.0 <= found.low <= found.value <= found.high <= 1.0


def test_the_error_is_that_of_resampling():
    rng = np.random.default_rng(1)
    first = rng.integers(0, 3, 400)
    second = np.where(rng.random(400) < 0.6, first, rng.integers(0, 3, 400))
    found = kappa(first, second, 3)
    drawn = rng.integers(0, 400, (800, 400))
    spread = np.std([kappa(first[row], second[row], 3).value for row in drawn])
    assert (found.high - found.low) / (2 * 1.96) == pytest.approx(spread, rel=0.1)


def test_nothing_to_agree_on():
    none = np.zeros(0, dtype=int)
    assert math.isnan(kappa(none, none, 2).value)
    assert math.isnan(kappa(np.zeros(5, dtype=int), np.zeros(5, dtype=int), 2).value)
    assert kappa(np.array([0, 1, 0, 1]), np.array([0, 1, 0, 1]), 2).value == 1.0
