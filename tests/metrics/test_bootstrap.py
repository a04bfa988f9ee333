import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bootstrap

from napari_medal.metrics.bootstrap import mean_interval


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=30))
def test_the_value_is_the_mean_and_lies_inside(values):
    interval = mean_interval(values)
    assert interval.value == pytest.approx(np.mean(values), abs=1e-9)
    assert min(values) - 1e-9 <= interval.low <= interval.value <= interval.high <= max(values) + 1e-9


def test_no_case_gives_nan_and_one_case_no_width():
    assert all(map(math.isnan, (mean_interval([]).value, mean_interval([]).low, mean_interval([math.nan]).high)))
    one = mean_interval([0.7])
    assert (one.value, one.low, one.high) == (0.7, 0.7, 0.7)


def test_nan_cases_are_left_out():
    assert mean_interval([0.1, math.nan, 0.4, 0.9]) == mean_interval([0.1, 0.4, 0.9])


def test_the_seed_decides():
    values = np.linspace(0, 1, 12) ** 2
    assert mean_interval(values, seed=1) == mean_interval(values, seed=1)
    assert mean_interval(values, seed=1) != mean_interval(values, seed=2)


def test_agrees_with_scipy_on_skewed_values():
    values = np.random.default_rng(2).exponential(size=9) ** 2
    expected = bootstrap((values,), np.mean, n_resamples=20_000, rng=np.random.default_rng(0)).confidence_interval
    found = mean_interval(values, resamples=20_000)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.01)


def test_covers_the_true_mean_about_as_often_as_it_says():
    rng = np.random.default_rng(0)
    intervals = [mean_interval(rng.normal(size=40), resamples=500) for _ in range(300)]
    covered = np.mean([interval.low <= 0.0 <= interval.high for interval in intervals])
    assert 0.90 < covered < 0.98


def test_says_nothing_aloud():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mean_interval([math.nan, math.nan])
        mean_interval([0.0, 1.0])
        mean_interval([0.0, 1.8e-296])
