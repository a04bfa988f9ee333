import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_curve

from napari_medal.metrics.sensitivity import sensitivity_at


@given(st.integers(0, 9999), st.integers(1, 20), st.integers(1, 20), st.sampled_from((0.0, 0.5, 0.8, 0.9, 0.95, 1.0)))
def test_agrees_with_scikit_learn_s_curve(seed, ours, theirs, specificity):
    rng = np.random.default_rng(seed)
    positive = np.array([True] * ours + [False] * theirs)
    score = np.round(rng.normal(size=ours + theirs) + positive, 1)
    false_alarms, caught, _ = roc_curve(positive, score, drop_intermediate=False)
    expected = caught[false_alarms <= 1.0 - specificity + 1e-9].max()
    found = sensitivity_at(positive, score, specificity, resamples=50)
    assert found.value == pytest.approx(expected)
    assert 0.0 <= found.low <= found.value <= found.high <= 1.0


def test_perfect_scores_and_no_cases():
    positive = np.array([True, True, False, False])
    found = sensitivity_at(positive, np.array([0.9, 0.8, 0.1, 0.2]), 0.9)
    assert (found.value, found.low, found.high) == (1.0, 1.0, 1.0)
    assert math.isnan(sensitivity_at(positive[:2], np.array([0.9, 0.8]), 0.9).value)
