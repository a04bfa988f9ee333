import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from napari_medal.metrics.proportion import proportion_interval


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_it_agrees_with_scipys_exact_interval(counts: tuple[int, int]) -> None:
    hits, of = counts
    found = proportion_interval(hits, of)
    wanted = binomtest(hits, of).proportion_ci(0.95, method="exact")
    assert found.value == hits / of
    assert (found.low, found.high) == (pytest.approx(wanted.low, abs=1e-9), pytest.approx(wanted.high, abs=1e-9))


def test_nothing_missed_of_few_says_little() -> None:
    assert proportion_interval(0, 10).high == pytest.approx(0.3085, abs=1e-4)
    assert proportion_interval(0, 36).high < 0.1 < proportion_interval(0, 34).high
