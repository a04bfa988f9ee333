"""Metrics of predicted and true numbers."""

import math
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import mean_squared_error, r2_score

from napari_medal.metrics.paired_bootstrap import paired_interval
from napari_medal.metrics.pearson import pearson
from napari_medal.metrics.r_squared import r_squared
from napari_medal.metrics.rmse import rmse
from napari_medal.metrics.spearman import spearman

ALL = pytest.mark.parametrize("metric", [rmse, r_squared, pearson, spearman])
seeds = st.integers(0, 99999)


def _pairs(seed: int, n: int, ties: bool) -> tuple[list[float], list[float]]:
    rng = np.random.default_rng(seed)
    truth = rng.normal(50, 10, n)
    predicted = truth + rng.normal(0, 8, n)
    if ties:
        truth, predicted = truth.round(-1), predicted.round(-1)
        truth[0] += 10 * (np.ptp(truth) == 0)
        predicted[0] += 10 * (np.ptp(predicted) == 0)
    return predicted.tolist(), truth.tolist()


@given(seeds, st.integers(3, 40), st.booleans())
def test_the_values_are_those_of_scipy_and_sklearn(seed, n, ties):
    predicted, truth = _pairs(seed, n, ties)
    assert rmse(predicted, truth).value == pytest.approx(math.sqrt(mean_squared_error(truth, predicted)))
    assert r_squared(predicted, truth).value == pytest.approx(r2_score(truth, predicted))
    assert pearson(predicted, truth).value == pytest.approx(stats.pearsonr(predicted, truth).statistic)
    assert spearman(predicted, truth).value == pytest.approx(stats.spearmanr(predicted, truth).statistic)


@ALL
@settings(max_examples=20)
@given(seed=seeds, ties=st.booleans())
def test_the_interval_is_that_of_cases_drawn_again(metric, seed, ties):
    """A case that is drawn three times counts three times, for ranks too: against the plain bootstrap."""
    predicted, truth = _pairs(seed, 12, ties)
    found = metric(predicted, truth)
    rng = np.random.default_rng(0)
    drawn = rng.multinomial(12, np.full(12, 1 / 12), 1000)
    wanted = []
    for times in drawn[:40]:
        ours, theirs = np.repeat(predicted, times), np.repeat(truth, times)
        wanted.append(metric(ours.tolist(), theirs.tolist()).value)
    again = []

    def keep(*arguments):
        again.append(statistic(*arguments))
        return again[-1]

    statistic = sys.modules[metric.__module__]._statistic
    assert paired_interval(keep, predicted, truth) == found
    np.testing.assert_allclose(again[1][:40], wanted, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(("metric", "reference"), [(pearson, stats.pearsonr), (spearman, stats.spearmanr)])
def test_the_interval_is_about_that_of_scipy_s_bootstrap(metric, reference):
    predicted, truth = _pairs(1, 60, ties=False)
    found = metric(predicted, truth)
    wanted = stats.bootstrap(
        (predicted, truth), lambda a, b: reference(a, b).statistic, paired=True, vectorized=False,
        n_resamples=999, method="percentile", rng=np.random.default_rng(0),
    ).confidence_interval  # fmt: skip
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), abs=0.04)


@ALL
def test_the_cases_of_a_subject_are_drawn_together(metric):
    predicted, truth = _pairs(3, 20, ties=False)
    alone = metric(predicted, truth)
    twice = metric(predicted * 4, truth * 4, [*range(20)] * 4)
    assert twice.value == pytest.approx(alone.value)
    assert twice.high - twice.low == pytest.approx(alone.high - alone.low, rel=0.05)
    apart = metric(predicted * 4, truth * 4)
    assert apart.high - apart.low < 0.75 * (alone.high - alone.low)


@ALL
def test_gaps_and_few_cases(metric):
    predicted, truth = _pairs(4, 10, ties=False)
    assert metric([*predicted, math.nan, 1.0], [*truth, 3.0, math.nan]) == metric(predicted, truth)
    assert math.isnan(metric([], []).value)
    one = metric([2.0], [3.0])
    assert math.isnan(one.value) == (metric is not rmse)
    assert metric is not rmse or (one.low, one.value, one.high) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize("metric", [r_squared, pearson, spearman])
@pytest.mark.parametrize("level", [0.1, 1e6 + 0.1])
def test_a_truth_that_never_changes_has_no_correlation(metric, level):
    assert math.isnan(metric([1.0, 2.0, 3.0], [level] * 3).value)


@given(seeds, st.floats(0.1, 1e3), st.floats(-1e5, 1e5))
def test_correlations_heed_no_unit_and_r_squared_heeds_none_in_common(seed, factor, shift):
    predicted, truth = _pairs(seed, 15, ties=False)
    other = [factor * value + shift for value in predicted]
    others = [factor * value + shift for value in truth]
    assert pearson(other, truth).value == pytest.approx(pearson(predicted, truth).value, abs=1e-6)
    assert spearman(other, truth).value == pytest.approx(spearman(predicted, truth).value, abs=1e-9)
    assert r_squared(other, others).value == pytest.approx(r_squared(predicted, truth).value, abs=1e-6)


def test_always_the_mean_is_worth_nothing():
    _, truth = _pairs(5, 30, ties=False)
    assert r_squared([float(np.mean(truth))] * 30, truth).value == pytest.approx(0.0)
