import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import log_loss as sklearn_log_loss

from napari_medal.metrics.calibration_error import calibration_error
from napari_medal.metrics.temperature import fit_temperature, log_loss, temper, temper_samples


def _softmax(logits: np.ndarray, axis: int = -1) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def _drawn(seed: int, n: int, classes: int, sharpness: float) -> tuple[np.ndarray, np.ndarray]:
    """Return answers that are too sure by a factor, and truths drawn from what they should have been."""
    rng = np.random.default_rng(seed)
    logits = 1.5 * rng.normal(size=(n, classes))
    right = _softmax(logits)
    truth = np.array([rng.choice(classes, p=row) for row in right])
    return _softmax(sharpness * logits), truth


@settings(max_examples=25)
@given(st.integers(0, 999), st.sampled_from((0.5, 1.0, 2.0, 4.0)))
def test_the_fit_finds_how_much_too_sure_the_answers_are(seed, sharpness):
    answers, truth = _drawn(seed, 3000, 3, sharpness)
    assert fit_temperature(answers, truth) == pytest.approx(sharpness, rel=0.15)


@settings(max_examples=25)
@given(st.integers(0, 999), st.integers(2, 4), st.integers(4, 60))
def test_no_other_temperature_has_less_loss(seed, classes, n):
    answers, truth = _drawn(seed, n, classes, 2.0)
    labels = list(range(classes))
    best = sklearn_log_loss(truth, temper(answers, fit_temperature(answers, truth)), labels=labels)
    for other in np.geomspace(0.05, 20.0, 60):
        assert best <= sklearn_log_loss(truth, temper(answers, float(other)), labels=labels) + 1e-6


@given(st.integers(0, 999), st.integers(2, 30))
def test_the_loss_is_scikit_learn_s(seed, n):
    answers, truth = _drawn(seed, n, 3, 2.0)
    assert log_loss(answers, truth).mean() == pytest.approx(sklearn_log_loss(truth, answers, labels=[0, 1, 2]))


def test_what_is_too_sure_comes_out_calibrated():
    answers, truth = _drawn(0, 4000, 3, 3.0)
    fitted = fit_temperature(*_drawn(1, 4000, 3, 3.0))
    assert calibration_error(answers, truth) > 0.1
    assert calibration_error(temper(answers, fitted), truth) < 0.03


@given(st.integers(0, 999), st.floats(0.1, 10.0))
def test_is_the_softmax_of_logits_by_temperature(seed, temperature):
    logits = np.random.default_rng(seed).normal(size=(4, 3, 2))
    found = temper(_softmax(logits, axis=1), temperature, axis=1)
    np.testing.assert_allclose(found, _softmax(logits / temperature, axis=1), rtol=1e-5, atol=1e-6)


@given(st.integers(0, 999), st.integers(1, 4), st.floats(0.2, 5.0), st.sampled_from(((), (9, 3, 2))))
def test_an_ensemble_keeps_its_decision_and_its_mean_is_the_tempered_mean(seed, members, temperature, space):
    rng = np.random.default_rng(seed)
    samples = _softmax(3 * rng.normal(size=(members, 3, *space)), axis=1).astype(np.float32)
    found = temper_samples(samples, temperature)
    assert found.shape == samples.shape
    assert found.dtype == np.float32
    assert found.min() >= 0.0
    np.testing.assert_allclose(found.sum(axis=1), 1.0, atol=1e-5)
    mean = samples.mean(axis=0)
    np.testing.assert_allclose(found.mean(axis=0), temper(mean, temperature, axis=0), atol=1e-5)
    ordered = np.sort(found.mean(axis=0), axis=0)
    clear = ordered[-1] - ordered[-2] > 1e-4
    assert (found.mean(axis=0).argmax(axis=0) == mean.argmax(axis=0))[clear].all()


def test_a_temperature_of_one_changes_nothing_and_certainty_stays_finite():
    samples = np.zeros((2, 2, 1, 1, 2), dtype=np.float32)
    samples[:, 0] = 1.0
    assert temper_samples(samples, 1.0) is samples
    assert np.isfinite(temper_samples(samples, 2.0)).all()
    assert np.isfinite(fit_temperature(samples[0, :, 0, 0].T, np.array([0, 1])))


def test_members_still_disagree_afterwards():
    samples = np.array([[0.9, 0.1], [0.3, 0.7]], dtype=np.float32)
    softer, sharper = temper_samples(samples, 2.0), temper_samples(samples, 0.8)
    assert np.ptp(softer[:, 0]) > 0.1
    assert np.ptp(softer[:, 0]) < np.ptp(sharper[:, 0])
