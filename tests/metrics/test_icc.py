import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_medal.metrics.icc import intraclass_correlation

SHROUT_AND_FLEISS = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
"""Table 2 of their paper: six targets, four judges."""


def test_the_example_of_shrout_and_fleiss():
    found = intraclass_correlation(SHROUT_AND_FLEISS)
    assert found.agreement.value == pytest.approx(0.29, abs=0.005)
    assert found.consistency.value == pytest.approx(0.71, abs=0.005)
    # The intervals that R's psych::ICC documents for this table.
    assert (found.agreement.low, found.agreement.high) == pytest.approx((0.019, 0.761), abs=0.001)
    assert (found.consistency.low, found.consistency.high) == pytest.approx((0.342, 0.946), abs=0.001)


def _by_hand(table: np.ndarray) -> tuple[float, float]:
    """Return both correlations from sums of squares, added up one by one."""
    n, k = table.shape
    grand = sum(table[i, j] for i in range(n) for j in range(k)) / (n * k)
    rows = [sum(table[i, j] for j in range(k)) / k for i in range(n)]
    columns = [sum(table[i, j] for i in range(n)) / n for j in range(k)]
    total = sum((table[i, j] - grand) ** 2 for i in range(n) for j in range(k))
    between_rows = k * sum((row - grand) ** 2 for row in rows)
    between_columns = n * sum((column - grand) ** 2 for column in columns)
    r, c = between_rows / (n - 1), between_columns / (k - 1)
    e = (total - between_rows - between_columns) / ((n - 1) * (k - 1))
    return (r - e) / (r + (k - 1) * e + k * (c - e) / n), (r - e) / (r + (k - 1) * e)


@settings(max_examples=60)
@given(st.integers(0, 9999), st.integers(3, 20), st.integers(2, 4), st.floats(0.0, 3.0))
def test_agrees_with_an_analysis_of_variance_by_hand(seed, n, k, offset):
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(n, 1)) + rng.normal(size=(n, k)) + offset * np.arange(k)
    found = intraclass_correlation(table)
    assert (found.agreement.value, found.consistency.value) == pytest.approx(_by_hand(table))
    assert found.consistency.low <= found.consistency.value <= found.consistency.high
    if found.agreement.value > 0:
        assert found.agreement.low <= found.agreement.value <= found.agreement.high
    else:
        assert math.isnan(found.agreement.low)


def test_a_constant_difference_counts_for_agreement_only():
    values = np.arange(8.0)
    found = intraclass_correlation(np.stack([values, values + 2.0], axis=1))
    assert found.consistency.value == pytest.approx(1.0)
    assert found.agreement.value < 0.9


def test_covers_the_true_correlation_about_as_often_as_it_says():
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(300):
        table = 2.0 * rng.normal(size=(25, 1)) + rng.normal(size=(25, 3))
        found = intraclass_correlation(table).consistency
        covered += found.low <= 4.0 / 5.0 <= found.high
    assert 0.91 < covered / 300 < 0.985


def test_too_little_gives_nan_and_gaps_are_left_out():
    assert math.isnan(intraclass_correlation(np.ones((1, 2))).agreement.value)
    assert math.isnan(intraclass_correlation(np.ones((5, 2))).agreement.value)
    gap = np.vstack([SHROUT_AND_FLEISS, [[1.0, math.nan, 2.0, 3.0]]])
    assert intraclass_correlation(gap) == intraclass_correlation(SHROUT_AND_FLEISS)
    same = intraclass_correlation(np.repeat(np.arange(4.0)[:, None], 2, axis=1))
    assert same.agreement.value == 1.0
