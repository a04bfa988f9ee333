import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t, ttest_rel

from napari_medal.metrics.bland_altman import bland_altman


@given(st.integers(0, 9999), st.integers(2, 30))
def test_the_bias_is_scipy_s_paired_interval_and_the_limits_are_1_96_deviations(seed, n):
    first, second = np.random.default_rng(seed).normal(size=(2, n))
    found = bland_altman(first, second)
    expected = ttest_rel(first, second).confidence_interval(0.95)
    assert (found.bias.low, found.bias.high) == pytest.approx((expected.low, expected.high))
    difference = [float(a - b) for a, b in zip(first, second, strict=True)]
    mean = sum(difference) / n
    deviation = math.sqrt(sum((d - mean) ** 2 for d in difference) / (n - 1))
    assert found.lower.value == pytest.approx(mean - 1.96 * deviation)
    assert found.upper.value == pytest.approx(mean + 1.96 * deviation)
    half = t.ppf(0.975, n - 1) * math.sqrt(3 * deviation**2 / n)
    assert found.upper.high - found.upper.value == pytest.approx(half)
    assert found.lower.value - found.lower.low == pytest.approx(half)


def test_gaps_and_few_cases():
    assert bland_altman([1.0, math.nan, 3.0], [0.0, 1.0, 1.0]).cases == 2
    one = bland_altman([2.0], [0.5])
    assert (one.cases, one.bias.value) == (1, 1.5)
    assert math.isnan(one.lower.value)
    assert math.isnan(bland_altman([], []).bias.value)
