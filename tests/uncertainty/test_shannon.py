import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy

from napari_medal.uncertainty.shannon import shannon


@given(classes=st.integers(2, 6), seed=st.integers(0, 999))
def test_equals_the_entropy_in_units_of_log_c(classes, seed):
    probabilities = np.random.default_rng(seed).dirichlet(np.ones(classes), 5).T
    expected = entropy(probabilities, base=classes, axis=0)
    np.testing.assert_allclose(shannon(probabilities.astype(np.float32)), expected, atol=1e-5)


def test_one_class_has_no_entropy():
    np.testing.assert_array_equal(shannon(np.ones((1, 3), dtype=np.float32)), 0.0)
