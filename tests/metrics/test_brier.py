import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss

from napari_medal.metrics.brier import brier
from tests.metrics.test_calibration_error import answers


@given(st.integers(0, 9999), st.integers(2, 40))
def test_is_twice_scikit_learn_s_for_two_classes(seed, n):
    probabilities, truth = answers(seed, n, 2)
    truth[:2] = 0, 1
    expected = brier_score_loss(truth, probabilities[:, 1])
    assert brier(probabilities, truth).mean() == pytest.approx(2 * expected)


def test_known_values():
    found = brier(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1 / 3] * 3]), np.array([0, 0, 2]))
    assert found == pytest.approx([0.0, 2.0, 2 / 3])
