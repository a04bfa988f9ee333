import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.isotonic import IsotonicRegression

from napari_medal.metrics.monotone_map import fit_map


@given(st.integers(1, 45).flatmap(lambda n: arrays(np.float64, (2, n), elements=st.floats(0, 1, width=16))))
def test_more_said_is_never_less_to_be_expected(pairs: np.ndarray) -> None:
    said, truth = pairs
    found = fit_map(said, truth, 1.0)(np.linspace(-1, 2, 50))
    assert np.isfinite(found).all()
    assert (np.diff(found) >= -1e-12).all()
    assert fit_map(said, truth, 1.0)(said).mean() == pytest.approx(truth.mean(), abs=1e-9)


def test_with_many_points_it_is_the_isotonic_regression() -> None:
    rng = np.random.default_rng(0)
    said = np.round(rng.uniform(0.5, 1.0, 60), 2)  # with ties
    truth = said**2 + rng.normal(0, 0.1, 60)
    theirs = IsotonicRegression(out_of_bounds="clip").fit(said, truth)
    new = np.linspace(0.3, 1.2, 40)
    assert fit_map(said, truth, 1.0)(new) == pytest.approx(theirs.predict(new), abs=1e-6)


def test_few_points_draw_a_line_towards_what_was_believed() -> None:
    new = np.array([0.5, 0.9])
    assert fit_map(np.empty(0), np.empty(0), 1.0)(new) == pytest.approx(new)
    one = fit_map(np.array([0.8]), np.array([0.6]), 1.0)(new)
    assert one == pytest.approx(new - 0.2)  # moved, not turned
    said = np.array([0.7, 0.8, 0.9, 1.0])
    assert fit_map(said, 3 * said, 1.0).slope == pytest.approx(2.0)  # four points, and four that say 1
    assert fit_map(said, -9 * said, 1.0).slope == 0.0
    assert fit_map(np.full(30, 0.8), np.arange(30.0), 0.0)(new) == pytest.approx(14.5)
