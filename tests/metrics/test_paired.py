import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import permutation_test, ttest_rel

from napari_medal.metrics.paired import paired_test


def test_worse_in_all_of_five_cases():
    found = paired_test([0.1, 0.2, 0.3, 0.4, 0.5], [0.2, 0.4, 0.6, 0.8, 1.0])
    assert found.p_worse == 1 / 2**5
    assert found.mean_difference == pytest.approx(-0.3)
    assert found.standard_error == pytest.approx(np.std([0.1, 0.2, 0.3, 0.4, 0.5], ddof=1) / math.sqrt(5))


def test_better_or_alike_is_never_worse():
    assert paired_test([0.9, 0.8, 0.7], [0.1, 0.2, 0.3]).p_worse == 1.0
    assert paired_test([0.5] * 20, [0.5] * 20).p_worse == 1.0


@given(st.integers(0, 999), st.integers(2, 10))
def test_exact_values_equal_scipy_s(seed, n):
    new, old = np.random.default_rng(seed).integers(-5, 6, (2, n))
    expected = permutation_test(
        (new, old), lambda a, b, axis: np.mean(a - b, axis=axis), permutation_type="samples", alternative="less",
        vectorized=True, n_resamples=np.inf,
    )  # fmt: skip
    assert paired_test(new, old).p_worse == pytest.approx(expected.pvalue)


def test_many_cases_are_repeatable_and_close_to_the_normal_approximation():
    rng = np.random.default_rng(3)
    difference = rng.normal(-0.2, 1.0, 60)
    found = paired_test(difference, np.zeros(60))
    assert found == paired_test(difference, np.zeros(60))
    spread = math.sqrt((difference**2).sum())
    expected = 0.5 * math.erfc(-difference.sum() / spread / math.sqrt(2))
    assert found.p_worse == pytest.approx(expected, abs=0.015)


def test_a_clear_loss_over_many_cases_has_a_small_p():
    assert paired_test(np.zeros(30), np.ones(30)).p_worse == pytest.approx(1 / 10_001)


def test_pairs_with_nan_are_left_out():
    assert paired_test([0.1, math.nan, 0.3], [0.2, 0.5, 0.5]) == paired_test([0.1, 0.3], [0.2, 0.5])
    assert paired_test([0.1, 0.3], [0.2, math.nan]).pairs == 1


@given(st.integers(0, 999), st.integers(2, 30))
def test_the_interval_of_the_difference_is_scipy_s(seed, n):
    new, old = np.random.default_rng(seed).normal(size=(2, n))
    found = paired_test(new, old)
    expected = ttest_rel(new, old).confidence_interval(0.95)
    assert (found.difference.low, found.difference.high) == pytest.approx((expected.low, expected.high))
    assert (found.pairs, found.new, found.old) == (n, pytest.approx(new.mean()), pytest.approx(old.mean()))


def test_too_few_cases():
    nothing = paired_test([], [])
    assert math.isnan(nothing.mean_difference)
    assert nothing.p_worse == 1.0
    one = paired_test([0.1], [0.3])
    assert math.isnan(one.standard_error)
    assert one.p_worse == 0.5
    assert math.isnan(one.difference.low)
