import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.metrics.robust_z import robust_z

NUMBERS = st.lists(st.floats(-100.0, 100.0), min_size=1, max_size=30)


def test_values_by_hand() -> None:
    # Median 3, absolute deviations 2, 1, 0, 1, 97: their median is 1.
    found = robust_z(np.array([1.0, 2.0, 3.0, 4.0, 100.0]), 0.1)
    assert found == pytest.approx(np.array([-2.0, -1.0, 0.0, 1.0, 97.0]) / 1.4826)


def test_values_that_lie_close_together_do_not_stand_out() -> None:
    assert robust_z(np.array([1.0, 1.0, 1.0, 1.05]), 0.1) == pytest.approx([0.0, 0.0, 0.0, 0.5])


def test_what_is_unknown_counts_for_nothing() -> None:
    found = robust_z(np.array([1.0, np.nan, 3.0]), 0.5)
    assert np.isnan(found[1])
    assert found[[0, 2]] == pytest.approx(robust_z(np.array([1.0, 3.0]), 0.5))
    assert np.isnan(robust_z(np.array([np.nan]), 1.0)).all()


@given(NUMBERS, st.floats(-10.0, 10.0), st.floats(0.1, 10.0))
def test_neither_the_zero_nor_the_unit_matters(numbers: list[float], shift: float, scale: float) -> None:
    values = np.array(numbers)
    np.testing.assert_allclose(
        robust_z(values * scale + shift, 0.5 * scale), robust_z(values, 0.5), rtol=1e-6, atol=1e-6
    )


@given(st.lists(st.floats(-1.0, 1.0), min_size=5, max_size=20), st.floats(100.0, 1e6))
def test_one_that_is_far_away_does_not_hide_itself(numbers: list[float], far: float) -> None:
    found = robust_z(np.array([*numbers, far]), 0.1)
    assert found[-1] == found.max() > 30.0
