"""Figures that acquisition is judged by."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import permutation_test

from napari_medal.metrics.aubc import aubc
from napari_medal.metrics.aurc import aurc
from napari_medal.metrics.holm import holm
from napari_medal.metrics.sign_flip import sign_flip


def test_the_area_of_a_level_curve_is_its_height() -> None:
    assert aubc([4, 8, 24], [0.8, 0.8, 0.8], 24) == pytest.approx(0.8)


def test_the_area_is_that_of_the_trapezoids() -> None:
    assert aubc([0, 2, 4], [0.0, 1.0, 1.0], 4) == pytest.approx((1.0 + 2.0) / 4)


def test_what_lies_beyond_the_budget_does_not_count_and_a_short_curve_stays_where_it_was() -> None:
    assert aubc([0, 2, 4, 100], [0.0, 1.0, 1.0, 9.0], 4) == pytest.approx(aubc([0, 2, 4], [0.0, 1.0, 1.0], 4))
    assert aubc([0, 2, 6], [0.0, 1.0, 0.0], 3) == pytest.approx((1.0 + (1.0 + 0.75) / 2) / 3)
    assert aubc([0, 2], [0.0, 1.0], 4) == pytest.approx(aubc([0, 2, 4], [0.0, 1.0, 1.0], 4))


def test_a_doubt_that_knows_keeps_risk_low() -> None:
    risks = [0.1, 0.4, 0.2, 0.3]
    kept = np.cumsum(sorted(risks)) / np.arange(1, 5)
    assert aurc(risks, risks) == pytest.approx(kept.mean())
    assert aurc([-risk for risk in risks], risks) > np.mean(risks) > aurc(risks, risks)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_a_doubt_that_knows_nothing_gets_the_mean_risk(risks: list[float]) -> None:
    assert aurc([0.5] * len(risks), risks) == pytest.approx(np.mean(risks), abs=1e-9)


@given(st.lists(st.floats(-1, 1).filter(lambda value: abs(value) > 1e-6), min_size=2, max_size=9))
def test_sign_flips_agree_with_scipy(differences: list[float]) -> None:
    found = permutation_test(
        (np.array(differences),), lambda values, axis: np.mean(values, axis=axis), permutation_type="samples",
        vectorized=True, n_resamples=np.inf, alternative="two-sided",
    )  # fmt: skip
    assert sign_flip(differences) == pytest.approx(min(found.pvalue, 1.0))


def test_eight_equal_gains_are_as_sure_as_eight_can_be() -> None:
    assert sign_flip([0.01] * 8) == pytest.approx(2 / 2**8)
    assert sign_flip([]) == 1.0


def test_holm_adjusts_the_smallest_by_all_and_keeps_the_order() -> None:
    assert holm([0.03, 0.01, 0.04]) == pytest.approx((0.06, 0.03, 0.06))
    assert holm([0.9, 0.8]) == (1.0, 1.0)
    assert holm([]) == ()
