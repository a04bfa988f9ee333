import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.metrics.conformal import fewest_cases, jackknife_plus, left_out
from napari_medal.metrics.monotone_map import fit_map


def _fit(said, truth):
    return fit_map(said, truth, 1.0)


def _zero(said, truth):
    return lambda new: np.zeros(len(new))


def _draw(rng: np.random.Generator, cases: int) -> tuple[np.ndarray, np.ndarray]:
    """Too sure, curved, with a tail towards failures, as the agreement of an ensemble is."""
    said = rng.beta(8, 2, cases)
    return said, said**1.5 - rng.exponential(0.05 * (1.2 - said) + 0.01, cases)


@pytest.mark.parametrize(("level", "wanted"), [(0.9, 9), (0.8, 4), (0.95, 19), (0.5, 1)])
def test_a_level_needs_so_many_cases(level: float, wanted: int) -> None:
    assert fewest_cases(level) == wanted
    said = np.linspace(0, 1, wanted)
    new = np.array([0.5])
    assert np.isfinite(jackknife_plus(_fit, said, said, new, level).high).all()
    short = jackknife_plus(_fit, said[1:], said[1:], new, level)
    assert (short.low, short.high) == (-np.inf, np.inf)


@pytest.mark.parametrize("cases", [9, 15, 30])
def test_nine_in_ten_new_cases_lie_in_their_range(cases: int) -> None:
    rng = np.random.default_rng(cases)
    inside = []
    for _ in range(150):
        said, truth = _draw(rng, cases)
        new, wanted = _draw(rng, 20)
        ranges = jackknife_plus(_fit, said, truth, new)
        inside.append(((ranges.low <= wanted) & (wanted <= ranges.high)).mean())
    assert 0.875 < float(np.mean(inside)) < 0.97


@given(st.integers(9, 25), st.integers(0, 2**32 - 1))
def test_without_a_fit_it_is_the_order_of_what_is_missed(cases: int, seed: int) -> None:
    truth = np.random.default_rng(seed).normal(size=cases)
    ranges = jackknife_plus(_zero, np.zeros(cases), truth, np.zeros(1))
    upto = int(np.ceil(0.9 * (cases + 1) - 1e-9))
    assert ranges.high[0] == np.sort(np.abs(truth))[upto - 1]
    assert ranges.low[0] == -ranges.high[0]


def test_a_case_that_is_left_out_is_not_looked_at() -> None:
    said, truth = np.array([0.1, 0.2, 0.3]), np.array([0.1, 0.2, 9.0])
    assert left_out(lambda x, y: lambda new: np.full(len(new), y.mean()), said, truth) == pytest.approx(
        [4.6, 4.55, 0.15]
    )
    assert left_out(_zero, np.empty(0), np.empty(0)).size == 0
