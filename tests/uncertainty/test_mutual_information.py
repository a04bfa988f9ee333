import numpy as np
import pytest

from napari_medal.uncertainty.entropy import MEASURE as ENTROPY
from napari_medal.uncertainty.mutual_information import MEASURE
from tests.uncertainty.balls import ball, stack


def test_certain_members_that_contradict_have_all_the_information():
    samples = np.array([[1.0, 0.0], [0.0, 1.0]], dtype=np.float32)
    assert MEASURE.map(samples) == pytest.approx(1.0, abs=1e-6)
    np.testing.assert_allclose(MEASURE.per_class(samples), 1.0, atol=1e-6)


def test_known_value():
    def entropy(p: float) -> float:
        return -(p * np.log2(p) + (1 - p) * np.log2(1 - p))

    samples = np.array([[0.9, 0.1], [0.6, 0.4]], dtype=np.float32)
    expected = entropy(0.75) - (entropy(0.9) + entropy(0.6)) / 2
    assert MEASURE.map(samples) == pytest.approx(expected, abs=1e-6)
    np.testing.assert_allclose(MEASURE.per_class(samples), expected, atol=1e-6)


def test_a_blurred_boundary_that_all_see_alike_is_not_information():
    alike = stack(ball(8, softness=2.0), ball(8, softness=2.0))
    apart = stack(ball(7, softness=0.2), ball(9, softness=0.2))
    assert MEASURE.per_class(alike).max() < 1e-5
    assert ENTROPY.per_class(alike).min() > 0.2
    assert MEASURE.per_class(apart).min() > 0.2
