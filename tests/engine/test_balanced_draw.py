import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.core.learning import Balance, Sampling
from napari_medal.engine.balanced_draw import BalancedDraw

CLASSES = st.lists(st.integers(0, 4), min_size=1, max_size=60)
RATIO = st.floats(1.0, 12.0)


def _of_each_class(draw: BalancedDraw, classes: list[int]) -> np.ndarray:
    """How likely each class that occurs is drawn."""
    return np.array([draw.shares[np.array(classes) == value].sum() for value in np.unique(classes)])


@given(CLASSES, RATIO, st.integers(0, 9))
def test_oversampling_is_no_more_skewed_than_the_ratio_nor_than_the_data(
    classes: list[int], ratio: float, seed: int
) -> None:
    draw = BalancedDraw(classes, Balance(Sampling.OVERSAMPLE, ratio), seed)
    shares = _of_each_class(draw, classes)
    sizes = np.unique(classes, return_counts=True)[1]
    assert shares.max() / shares.min() == pytest.approx(min(ratio, sizes.max() / sizes.min()))
    assert draw.shares.sum() == pytest.approx(1.0)
    assert draw.shares.min() > 0
    assert (np.argsort(sizes, kind="stable") == np.argsort(sizes + 1e-9 * shares, kind="stable")).all()


@given(CLASSES, RATIO, st.integers(0, 9))
def test_undersampling_leaves_cases_of_frequent_classes_out_and_draws_the_rest_alike(
    classes: list[int], ratio: float, seed: int
) -> None:
    draw = BalancedDraw(classes, Balance(Sampling.UNDERSAMPLE, ratio), seed)
    kept = draw.shares > 0
    assert np.ptp(draw.shares[kept]) < 1e-12
    sizes = np.unique(classes, return_counts=True)[1]
    left = np.array([kept[np.array(classes) == value].sum() for value in np.unique(classes)])
    assert (left == np.minimum(sizes, int(sizes.min() * ratio))).all()


@given(CLASSES, st.integers(0, 9))
def test_as_they_are_every_case_is_as_likely(classes: list[int], seed: int) -> None:
    draw = BalancedDraw(classes, Balance(Sampling.AS_THEY_ARE), seed)
    assert np.allclose(draw.shares, 1 / len(classes))


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0.5, 8.0)), min_size=1, max_size=40), RATIO)
def test_weights_count_within_a_class_and_change_no_balance(cases: list[tuple[int, float]], ratio: float) -> None:
    classes, weights = [value for value, _ in cases], [weight for _, weight in cases]
    balance = Balance(Sampling.OVERSAMPLE, ratio)
    plain, weighted = BalancedDraw(classes, balance, 0), BalancedDraw(classes, balance, 0, weights)
    assert np.allclose(_of_each_class(plain, classes), _of_each_class(weighted, classes))
    relative = weighted.shares / np.array(weights)
    for value in set(classes):
        assert np.ptp(relative[np.array(classes) == value]) < 1e-12
    free = BalancedDraw(classes, Balance(Sampling.AS_THEY_ARE), 0, weights)
    assert np.allclose(free.shares, np.array(weights) / sum(weights))


def test_the_seed_decides_which_cases_are_left_out() -> None:
    classes = [0] * 40 + [1] * 4
    kept = [
        set(np.flatnonzero(BalancedDraw(classes, Balance(Sampling.UNDERSAMPLE), seed).shares)) for seed in (0, 0, 1)
    ]
    assert kept[0] == kept[1] != kept[2]
    assert all(len(one) == 8 for one in kept)


def test_cases_come_as_often_as_they_are_likely() -> None:
    draw = BalancedDraw([0] * 9 + [1], Balance(Sampling.OVERSAMPLE, 2.0), 0)
    found = np.bincount(draw.draw(6000, np.random.default_rng(1)), minlength=10) / 6000
    assert found[9] == pytest.approx(1 / 3, abs=0.03)
    assert np.allclose(found[:9], 2 / 27, atol=0.02)
