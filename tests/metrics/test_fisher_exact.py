from itertools import product
from math import factorial, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from napari_medal.metrics.fisher_exact import fisher_exact

SMALL = st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=2, max_size=3)


def ways(total: int, limits: list[int]):
    """Each way to share out a total."""
    for head in product(*[range(min(total, limit) + 1) for limit in limits[:-1]]):
        if 0 <= total - sum(head) <= limits[-1]:
            yield [*head, total - sum(head)]


def tables(rows: list[int], columns: list[int]):
    """Each table with these sums."""
    if len(rows) == 1:
        yield [columns]
        return
    for first in ways(rows[0], columns):
        for rest in tables(rows[1:], [limit - taken for limit, taken in zip(columns, first, strict=True)]):
            yield [first, *rest]


def counted_out(table: np.ndarray) -> tuple[float, float]:
    """Return p, and the least p of all tables with the same sums, by counting all of them."""
    rows, columns = table.sum(axis=1).tolist(), table.sum(axis=0).tolist()
    sums = prod(map(factorial, (*rows, *columns)))

    def chance(counts) -> float:
        return sums / factorial(sum(rows)) / prod(factorial(n) for row in counts for n in row)

    chances = np.array([chance(other) for other in tables(rows, columns)])
    assert chances.sum() == pytest.approx(1.0)
    own = chance(table.tolist())
    rarest = chances.min()
    return chances[chances <= own * (1 + 1e-7)].sum(), chances[chances <= rarest * (1 + 1e-7)].sum()


@settings(max_examples=30)
@given(counts=SMALL)
def test_equals_counting_out_every_table(counts):
    table = np.array(counts)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    found = fisher_exact(table, draws=20_000)
    if min(table.shape, default=0) < 2:
        assert found.p == 1.0
        return
    p, least = counted_out(table)
    assert found.p == pytest.approx(p, abs=1e-4 + 5 * np.sqrt(p * (1 - p) / 20_000))
    assert found.least == pytest.approx(least)


def test_equals_the_published_value_of_the_job_satisfaction_data():
    # Agresti 2002, Categorical Data Analysis, page 57; 0.7827 by the network algorithm of R's fisher.test.
    table = np.array([[1, 2, 1, 0], [3, 3, 6, 1], [10, 10, 14, 9], [6, 7, 12, 11]])
    found = fisher_exact(table)
    assert found.p == pytest.approx(0.7827, abs=4 * found.error)
    assert 0 < found.error < 0.002


@given(counts=st.lists(st.integers(0, 9), min_size=4, max_size=4))
def test_two_by_two_is_exact(counts):
    table = np.array(counts).reshape(2, 2)
    found = fisher_exact(table)
    if (table.sum(axis=0) > 0).all() and (table.sum(axis=1) > 0).all():
        assert found.p == pytest.approx(stats.fisher_exact(table).pvalue)
        assert found.least <= found.p + 1e-9
    else:
        assert (found.p, found.least) == (1.0, 1.0)
    assert found.error == 0.0


def test_the_seed_repeats_what_is_drawn():
    table = np.array([[3, 1, 0], [1, 2, 4]])
    assert fisher_exact(table, seed=3) == fisher_exact(table, seed=3)
    assert fisher_exact(table, seed=3).p != fisher_exact(table, seed=4).p


def test_an_order_of_rows_or_columns_does_not_count():
    table = np.array([[6, 1, 0], [1, 5, 1], [0, 2, 6]])
    found, other = fisher_exact(table), fisher_exact(table[::-1, [2, 0, 1]].T)
    assert other.p == pytest.approx(found.p, abs=5 * found.error)
    assert other.least == pytest.approx(found.least)


def test_empty_rows_and_columns_are_left_out():
    table = np.array([[6, 0, 1], [0, 0, 0], [1, 0, 5]])
    assert fisher_exact(table) == fisher_exact(np.array([[6, 1], [1, 5]]))
