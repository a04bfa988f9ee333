"""Measures of the mean and of the votes, against values worked out by hand and against the formula elsewhere."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy as scipy_entropy
from scipy.stats import mode

from napari_medal.uncertainty.class_entropy import MEASURE as CLASS_ENTROPY
from napari_medal.uncertainty.entropy import MEASURE as ENTROPY
from napari_medal.uncertainty.expected_entropy import MEASURE as EXPECTED_ENTROPY
from napari_medal.uncertainty.least_confidence import MEASURE as LEAST_CONFIDENCE
from napari_medal.uncertainty.margin import MEASURE as MARGIN
from napari_medal.uncertainty.mean_entropy import MEASURE as MEAN_ENTROPY
from napari_medal.uncertainty.mutual_information import MEASURE as MUTUAL_INFORMATION
from napari_medal.uncertainty.variation_ratio import MEASURE as VARIATION_RATIO
from tests.uncertainty.balls import ball, stack

TWO = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]], dtype=np.float32)
"""Two members; their mean is 0.4, 0.5, 0.1."""


def binary(p: float) -> float:
    return float(-(p * np.log2(p) + (1 - p) * np.log2(1 - p)))


def random_masks(members: int, classes: int, seed: int) -> np.ndarray:
    samples = np.random.default_rng(seed).dirichlet(np.ones(classes), (members, 2, 3, 4))
    return samples.transpose(0, 4, 1, 2, 3).astype(np.float32)


ENSEMBLES = given(members=st.integers(1, 5), classes=st.integers(2, 4), seed=st.integers(0, 999))


def test_margin_by_hand():
    assert MARGIN.map(TWO) == pytest.approx(1 - (0.5 - 0.4))
    np.testing.assert_allclose(MARGIN.per_class(TWO), [0.8, 1.0, 0.2], atol=1e-6)


@ENSEMBLES
def test_margin_is_the_lead_of_the_first_over_the_second(members, classes, seed):
    samples = random_masks(members, classes, seed)
    ordered = np.sort(samples.mean(axis=0), axis=0)
    np.testing.assert_allclose(MARGIN.map(samples), 1 - (ordered[-1] - ordered[-2]), atol=1e-6)


def test_least_confidence_by_hand():
    assert LEAST_CONFIDENCE.map(TWO) == pytest.approx(0.5 * 3 / 2)
    np.testing.assert_allclose(LEAST_CONFIDENCE.per_class(TWO), [0.8, 1.0, 0.2], atol=1e-6)
    assert LEAST_CONFIDENCE.map(np.full((1, 4), 0.25, np.float32)) == pytest.approx(1.0)


def test_variation_ratio_by_hand():
    five = np.eye(3, dtype=np.float32)[[0, 0, 1, 2, 0]]
    assert VARIATION_RATIO.map(five) == pytest.approx(2 / 5)
    np.testing.assert_allclose(VARIATION_RATIO.per_class(five), [2 / 5, 1 / 5, 1 / 5], atol=1e-6)


@ENSEMBLES
def test_variation_ratio_counts_votes_as_scipy_does(members, classes, seed):
    samples = random_masks(members, classes, seed)
    votes = samples.argmax(axis=1)
    np.testing.assert_allclose(VARIATION_RATIO.map(samples), 1 - mode(votes, axis=0).count / members, atol=1e-6)


def test_expected_entropy_by_hand():
    expected = np.mean([scipy_entropy(member, base=3) for member in TWO])
    assert EXPECTED_ENTROPY.map(TWO) == pytest.approx(expected, abs=1e-6)
    first = (binary(0.7) + binary(0.1)) / 2
    np.testing.assert_allclose(EXPECTED_ENTROPY.per_class(TWO)[0], first, atol=1e-6)


@ENSEMBLES
def test_entropy_is_what_members_share_and_what_they_do_not(members, classes, seed):
    samples = random_masks(members, classes, seed)
    together = EXPECTED_ENTROPY.map(samples) + MUTUAL_INFORMATION.map(samples)
    np.testing.assert_allclose(together, ENTROPY.map(samples), atol=1e-5)


@ENSEMBLES
def test_mean_entropy_is_that_of_all_voxels(members, classes, seed):
    samples = random_masks(members, classes, seed)
    expected = scipy_entropy(samples.mean(axis=0), base=classes, axis=0).mean()
    np.testing.assert_allclose(MEAN_ENTROPY.per_class(samples), [expected] * classes, atol=1e-5)


def test_mean_entropy_is_diluted_by_background():
    small = stack(ball(6))
    large = np.pad(small, [(0, 0), (0, 0), (20, 20), (20, 20), (20, 20)])
    large[:, 0] = 1.0 - large[:, 1]
    assert MEAN_ENTROPY.per_class(large)[1] < 0.2 * MEAN_ENTROPY.per_class(small)[1]


def test_class_entropy_of_a_class_by_hand():
    expected = scipy_entropy([0.4, 0.5, 0.1], base=3)
    np.testing.assert_allclose(CLASS_ENTROPY.per_class(TWO), expected * np.array([0.4, 0.5, 0.1]), atol=1e-6)
    assert CLASS_ENTROPY.map(TWO) == pytest.approx(expected, abs=1e-6)


def test_class_entropy_counts_doubt_for_the_classes_that_it_is_about():
    between = np.zeros((1, 4, 1, 3, 9), dtype=np.float32)
    between[:, 0] = 1.0
    # First and second are in doubt against each other; the third is sure, and next to them.
    between[0, :, 0, 1, 2] = [0.0, 0.45, 0.55, 0.0]
    between[0, :, 0, 1, 3] = [0.0, 0.55, 0.45, 0.0]
    between[0, :, 0, 1, 4] = [0.0, 0.0, 0.0, 1.0]
    background, first, second, third = CLASS_ENTROPY.per_class(between)
    assert first == pytest.approx(second, rel=0.2)
    assert first > 0.01
    assert background == third == 0.0
    assert ENTROPY.per_class(between)[3] > 0.01


def test_class_entropy_by_hand_in_a_band():
    # Five voxels in a row, all within two of a boundary: the bands of both classes are the whole row.
    foreground = np.array([0.1, 0.4, 0.8, 0.9, 0.6], dtype=np.float32).reshape(1, 1, 5)
    expected = np.mean([binary(p) * p for p in foreground.ravel().tolist()])
    assert CLASS_ENTROPY.per_class(stack(foreground))[1] == pytest.approx(expected, abs=1e-6)
