from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.uncertainty.pairwise_dice import MEASURE


def one_hot(*labels: np.ndarray, classes: int = 2) -> np.ndarray:
    return np.stack([[label == c for c in range(classes)] for label in labels]).astype(np.float32)


def test_half_overlap():
    first, second = np.zeros((1, 2, 4), int), np.zeros((1, 2, 4), int)
    first[0, 0, :2] = 1
    second[0, 0, 1:3] = 1
    background, foreground = MEASURE.per_class(one_hot(first, second))
    assert foreground == pytest.approx(1 - 2 * 1 / 4)
    assert background == pytest.approx(1 - 2 * 5 / 12)
    np.testing.assert_array_equal(MEASURE.map(one_hot(first, second))[0, 0], [1, 0, 1, 0])


def test_a_structure_that_one_member_alone_sees():
    nothing, something = np.zeros((2, 3, 3), int), np.zeros((2, 3, 3), int)
    something[0, 0, 0] = 1
    assert MEASURE.per_class(one_hot(nothing, something, nothing))[1] == pytest.approx(2 / 3)


def test_a_class_that_nobody_sees_is_agreed_on():
    labels = np.zeros((2, 3, 3), int)
    np.testing.assert_array_equal(MEASURE.per_class(one_hot(labels, labels, classes=3)), 0.0)


def test_a_single_member_knows_no_disagreement():
    samples = np.full((1, 2, 2, 2, 2), 0.5, dtype=np.float32)
    assert not MEASURE.map(samples).any()
    assert not MEASURE.per_class(samples).any()
    assert MEASURE.map(samples[..., 0, 0, 0]) == 0.0


def test_class_vectors():
    samples = np.array([[0.7, 0.2, 0.1], [0.2, 0.7, 0.1]], dtype=np.float32)
    assert MEASURE.map(samples) == pytest.approx(1 - (0.2 + 0.2 + 0.1))
    np.testing.assert_allclose(MEASURE.per_class(samples), [0.5, 0.5, 0.0], atol=1e-6)


@given(members=st.integers(2, 5), classes=st.integers(2, 4), seed=st.integers(0, 999))
def test_equals_the_loops_over_pairs(members, classes, seed):
    samples = np.random.default_rng(seed).dirichlet(np.ones(classes), (members, 2, 3, 4))
    samples = samples.transpose(0, 4, 1, 2, 3).astype(np.float32)
    pairs = list(combinations(range(members), 2))
    agreement = np.mean([np.minimum(samples[s], samples[t]).sum(axis=0) for s, t in pairs], axis=0)
    np.testing.assert_allclose(MEASURE.map(samples), 1 - agreement, atol=1e-5)
    winners = samples.argmax(axis=1)
    for label, value in enumerate(MEASURE.per_class(samples)):
        masks = winners == label
        dices = [
            2 * (masks[s] & masks[t]).sum() / (masks[s].sum() + masks[t].sum())
            if masks[s].any() or masks[t].any()
            else 1.0
            for s, t in pairs
        ]
        assert value == pytest.approx(1 - np.mean(dices), abs=1e-6)
