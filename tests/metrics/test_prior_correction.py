import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from napari_medal.metrics.prior_correction import without_priors

SHARES = arrays(np.float64, 3, elements=st.floats(0.05, 1.0))


@given(SHARES, SHARES)
def test_it_gives_back_the_likelihoods(likelihoods: np.ndarray, priors: np.ndarray) -> None:
    """Bayes' rule forwards, then the correction: what is left says nothing of the priors."""
    priors = priors / priors.sum()
    posterior = likelihoods * priors / (likelihoods * priors).sum()
    found = without_priors(posterior[None].astype(np.float32), priors)
    np.testing.assert_allclose(found[0], likelihoods / likelihoods.sum(), rtol=1e-4)


def test_a_class_that_was_never_seen_keeps_its_probability_beside_the_others() -> None:
    found = without_priors(np.array([0.4, 0.4, 0.2], dtype=np.float32), np.array([0.5, 0.5, 0.0]))
    np.testing.assert_allclose(found, np.array([0.8, 0.8, 0.2]) / 1.8, rtol=1e-6)
