import numpy as np
import pytest

from napari_medal.uncertainty.entropy import MEASURE
from tests.uncertainty.balls import ball, stack


def test_equally_likely_classes_have_entropy_1():
    samples = np.full((2, 4, 1, 2, 3), 0.25, dtype=np.float32)
    np.testing.assert_allclose(MEASURE.map(samples), 1.0, atol=1e-6)
    np.testing.assert_allclose(MEASURE.per_class(samples), 1.0, atol=1e-6)


def test_known_value():
    samples = np.array([[0.9, 0.1], [0.6, 0.4]], dtype=np.float32)
    expected = -(0.75 * np.log2(0.75) + 0.25 * np.log2(0.25))
    assert MEASURE.map(samples) == pytest.approx(expected, abs=1e-6)
    np.testing.assert_allclose(MEASURE.per_class(samples), expected, atol=1e-6)


def test_a_class_is_weighed_against_the_rest():
    samples = np.array([[0.5, 0.5, 0.0]], dtype=np.float32)
    np.testing.assert_allclose(MEASURE.per_class(samples), [1.0, 1.0, 0.0], atol=1e-6)
    assert MEASURE.map(samples) == pytest.approx(np.log(2) / np.log(3), abs=1e-6)


def test_background_does_not_dilute_a_class():
    small = stack(ball(6, side=33))
    padding = [(0, 0), (0, 0), (20, 20), (20, 20), (20, 20)]
    large = np.pad(small, padding)
    large[:, 0] = 1.0 - large[:, 1]
    np.testing.assert_allclose(MEASURE.per_class(large), MEASURE.per_class(small), rtol=1e-3)


def test_a_class_is_not_more_uncertain_for_being_larger():
    small = MEASURE.per_class(stack(ball(6)))
    large = MEASURE.per_class(stack(ball(12)))
    np.testing.assert_allclose(large, small, rtol=0.15)
    assert small[1] > 0.1


def test_only_the_class_in_doubt_is_uncertain():
    doubtful = np.zeros((1, 3, 1, 9, 30), dtype=np.float32)
    doubtful[:, 0] = 1.0
    doubtful[0, :2, 0, 3:6, 3:6] = 0.5
    doubtful[0, :, 0, 3:6, 22:25] = np.array([0.0, 0.0, 1.0])[:, None, None]
    _, first, second = MEASURE.per_class(doubtful)
    assert first > 0.1
    assert second == 0.0
