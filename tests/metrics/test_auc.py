import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from napari_medal.metrics.auc import auc


@given(seed=st.integers(0, 999), classes=st.integers(2, 4), digits=st.integers(1, 3))
def test_equals_scikit_learn_with_ties(seed, classes, digits):
    rng = np.random.default_rng(seed)
    truth = np.concatenate([np.arange(classes), np.arange(classes), rng.integers(0, classes, 10)])
    scores = rng.dirichlet(np.ones(classes), len(truth)).round(digits)
    found = auc(truth, scores, resamples=10)
    expected = [roc_auc_score(truth == label, scores[:, label]) for label in range(classes)]
    assert [interval.value for interval in found.per_class] == pytest.approx(expected)
    assert found.macro.value == pytest.approx(np.mean(expected))
    for interval in (found.macro, *found.per_class):
        assert 0.0 <= interval.low <= interval.value <= interval.high <= 1.0


def test_perfect_and_useless_scores():
    truth = np.array([0, 0, 1, 1])
    perfect = auc(truth, np.eye(2)[truth]).macro
    assert (perfect.value, perfect.low, perfect.high) == (1.0, 1.0, 1.0)
    assert auc(truth, np.full((4, 2), 0.5)).macro.value == 0.5


def test_classes_that_cannot_be_judged_do_not_count():
    truth = np.array([0, 0, 2, 2])
    scores = np.array([[0.8, 0.1, 0.1], [0.3, 0.1, 0.6], [0.4, 0.2, 0.4], [0.1, 0.1, 0.8]])
    found = auc(truth, scores)
    assert math.isnan(found.per_class[1].value)
    assert found.macro.value == pytest.approx((found.per_class[0].value + found.per_class[2].value) / 2)


def test_one_class_alone_in_truth_gives_nan():
    found = auc(np.zeros(5, dtype=int), np.full((5, 2), 0.5))
    assert math.isnan(found.macro.value)
    assert all(math.isnan(interval.low) for interval in found.per_class)


def test_no_case_gives_nan():
    assert math.isnan(auc(np.zeros(0, dtype=int), np.zeros((0, 2))).macro.value)


def test_a_rare_class_is_in_every_resample():
    truth = np.array([1] + [0] * 40)
    scores = np.random.default_rng(0).dirichlet([1, 1], 41)
    assert not math.isnan(auc(truth, scores).macro.low)


def test_more_cases_narrow_the_interval():
    rng = np.random.default_rng(0)

    def width(n: int) -> float:
        truth = np.tile([0, 1], n)
        first = 1 / (1 + np.exp(rng.normal(truth * 1.0)))
        found = auc(truth, np.stack([first, 1 - first], axis=1)).macro
        return found.high - found.low

    assert width(300) < 0.5 * width(20)
