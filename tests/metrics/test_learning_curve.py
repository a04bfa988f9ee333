import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import curve_fit

from napari_medal.metrics.learning_curve import fit_learning_curve

LABELS = np.array([4.0, 8.0, 12.0, 16.0, 20.0, 24.0, 28.0, 32.0])
RATE = 0.1


def _truth(labels, limit=0.9, lack=0.3, rate=RATE):
    return limit - lack * np.exp(-rate * (np.asarray(labels) - 4.0))


def test_a_curve_without_noise_is_found_again() -> None:
    curve = fit_learning_curve(LABELS, _truth(LABELS), np.full(8, 0.002))
    assert curve is not None
    assert curve.limit.value == pytest.approx(0.9, abs=0.003)
    assert curve.at(40).value == pytest.approx(_truth(40), abs=0.002)
    assert curve.gain(16, 8).value == pytest.approx(_truth(24) - _truth(16), abs=0.002)


@pytest.mark.parametrize("limit", [0.9, 1.4])
def test_it_agrees_with_a_general_least_squares_fit(limit: float) -> None:
    rng = np.random.default_rng(3)
    errors = rng.uniform(0.005, 0.02, 8)
    figures = _truth(LABELS, limit, 0.7, 0.02) + rng.normal(0, errors)
    curve = fit_learning_curve(LABELS, figures, errors)
    assert curve is not None
    theirs, _ = curve_fit(
        _truth, LABELS, figures, p0=(0.9, 0.3, 0.1), sigma=errors, bounds=((0, 0, 0.002), (1.0, 2.0, 2.0))
    )
    assert (curve.limit.value == 1.0) is (limit > 1.0)
    assert [curve.at(labels).value for labels in (6, 20, 40)] == pytest.approx(
        [_truth(labels, *theirs) for labels in (6, 20, 40)], abs=0.003
    )


def test_the_intervals_hold_what_they_promise() -> None:
    rng = np.random.default_rng(0)
    inside = np.zeros(2)
    for _ in range(100):
        figures = _truth(LABELS) + rng.normal(0, 0.01, 8)
        curve = fit_learning_curve(LABELS, figures, np.full(8, 0.01), resamples=200)
        assert curve is not None
        for place, (found, wanted) in enumerate(
            [(curve.at(36), _truth(36)), (curve.gain(32, 4), _truth(36) - _truth(32))]
        ):
            inside[place] += found.low <= wanted <= found.high
    assert (inside >= 88).all(), inside
    assert (inside <= 100).all()


@given(
    st.lists(st.tuples(st.integers(1, 60), st.floats(0, 1), st.floats(0, 0.2)), min_size=3, max_size=12).filter(
        lambda points: len({labels for labels, _, _ in points}) >= 3
    )
)
def test_labels_never_harm_and_no_figure_passes_the_ceiling(points: list[tuple[int, float, float]]) -> None:
    labels, figures, errors = zip(*points, strict=True)
    curve = fit_learning_curve(labels, figures, errors, resamples=20)
    assert curve is not None
    assert curve.limit.low <= curve.limit.value <= curve.limit.high <= 1.0
    for more in (0, 1, 10):
        gain = curve.gain(max(labels), more)
        assert -1e-12 <= gain.low <= gain.value <= gain.high


@pytest.mark.parametrize("labels", [[], [4.0], [4.0, 8.0], [4.0, 8.0, 8.0, 4.0]])
def test_fewer_than_three_numbers_of_labels_make_no_curve(labels: list[float]) -> None:
    assert fit_learning_curve(labels, labels, labels) is None


def test_errors_that_are_not_known_count_as_the_usual_ones() -> None:
    figures = _truth(LABELS)
    known = fit_learning_curve(LABELS, figures, np.full(8, 0.01))
    partly = fit_learning_curve(LABELS, figures, [0.01, float("nan"), 0.0, *[0.01] * 5])
    unknown = fit_learning_curve(LABELS, figures, [float("nan")] * 8)
    assert known is not None
    assert partly is not None
    assert unknown is not None
    assert partly.at(40) == known.at(40)
    assert unknown.at(40).value == pytest.approx(known.at(40).value, abs=1e-6)


def test_an_error_is_a_negative_figure_below_nought() -> None:
    curve = fit_learning_curve(LABELS, -(1 - _truth(LABELS)) * 20, np.full(8, 0.2), ceiling=0.0)
    assert curve is not None
    assert curve.limit.high <= 0.0
    assert curve.limit.value == pytest.approx(-2.0, abs=0.2)
