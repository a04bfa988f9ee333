import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from napari_medal.metrics.auc import auc
from napari_medal.metrics.delong import delong_interval


def _by_hand(positive: list[bool], score: list[float]) -> tuple[float, float]:
    """Return area and standard error, as DeLong et al. write them down."""

    def psi(x: float, y: float) -> float:
        return 1.0 if x > y else 0.5 if x == y else 0.0

    xs = [s for p, s in zip(positive, score, strict=True) if p]
    ys = [s for p, s in zip(positive, score, strict=True) if not p]
    area = sum(psi(x, y) for x in xs for y in ys) / (len(xs) * len(ys))
    v10 = [sum(psi(x, y) for y in ys) / len(ys) for x in xs]
    v01 = [sum(psi(x, y) for x in xs) / len(xs) for y in ys]
    s10 = sum((v - area) ** 2 for v in v10) / (len(xs) - 1)
    s01 = sum((v - area) ** 2 for v in v01) / (len(ys) - 1)
    return area, math.sqrt(s10 / len(xs) + s01 / len(ys))


@given(st.integers(0, 9999), st.integers(2, 15), st.integers(2, 15))
def test_agrees_with_the_formula_by_hand_and_with_scikit_learn(seed, ours, theirs):
    rng = np.random.default_rng(seed)
    positive = np.array([True] * ours + [False] * theirs)
    score = np.round(rng.normal(size=ours + theirs) + positive, 1)
    found = delong_interval(positive, score)
    assert found.value == pytest.approx(roc_auc_score(positive, score))
    area, error = _by_hand(positive.tolist(), score.tolist())
    if 0 < area < 1:
        # Back on the logit scale the interval is symmetric, and as wide as the error by the delta method.
        low, high = (math.log(limit / (1 - limit)) for limit in (found.low, found.high))
        assert (low + high) / 2 == pytest.approx(math.log(area / (1 - area)), abs=1e-6)
        assert high - low == pytest.approx(2 * 1.95996 * error / (area * (1 - area)), rel=1e-4)
    else:
        assert math.isnan(found.low)
        assert math.isnan(found.high)


@settings(max_examples=5)
@given(st.integers(0, 99))
def test_is_about_as_wide_as_the_bootstrap(seed):
    rng = np.random.default_rng(seed)
    positive = rng.random(150) < 0.4
    score = rng.normal(size=150) + 0.8 * positive
    low = delong_interval(positive, score)
    resampled = auc(positive.astype(int), np.stack([-score, score], axis=1), resamples=2000).per_class[1]
    assert low.high - low.low == pytest.approx(resampled.high - resampled.low, rel=0.2)


def test_covers_the_true_area_as_often_as_it_says():
    rng = np.random.default_rng(0)
    true = 0.5 * math.erfc(-1.0 / math.sqrt(2) / math.sqrt(2))
    positive = np.arange(60) < 30
    covered = 0
    for _ in range(400):
        found = delong_interval(positive, rng.normal(size=60) + positive)
        covered += found.low <= true <= found.high
    assert 0.92 < covered / 400 < 0.98


def test_without_a_side_nothing_is_known():
    assert math.isnan(delong_interval(np.ones(3, dtype=bool), np.arange(3.0)).value)
    assert math.isnan(delong_interval(np.array([True, False]), np.array([1.0, 0.0])).low)
