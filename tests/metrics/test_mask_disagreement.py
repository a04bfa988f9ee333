import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.metrics.mask_disagreement import Lacking, mask_disagreement
from napari_medal.metrics.overlap import dice_per_label
from tests.metrics.blobs import pairs

SPACING = (2.0, 1.0, 1.0)


def _bars() -> np.ndarray:
    """Two bars along the rows: label 1 in rows 2-7, label 4 in rows 8-12."""
    mask = np.zeros((6, 16, 8), dtype=np.uint8)
    mask[2:4, 2:8, 3:6] = 1
    mask[2:4, 8:13, 3:6] = 4
    return mask


def test_equal_masks_do_not_disagree() -> None:
    found = mask_disagreement(_bars(), _bars(), (1, 4), SPACING)
    assert (found.dice, found.swapped, found.exchange) == (1.0, 1.0, (1, 4))
    for label in found.labels:
        assert (label.log_ratio, label.shift_mm, label.surface_mm) == (0.0, (0.0, 0.0, 0.0), 0.0)
        assert label.missing is None
        assert label.surplus is None


def test_empty_masks_do_not_disagree() -> None:
    empty = np.zeros((2, 3, 4), dtype=np.uint8)
    found = mask_disagreement(empty, empty, (1, 4), SPACING)
    assert (found.labels, found.dice, found.swapped, found.exchange) == ((), 1.0, 1.0, ())


def test_an_end_that_is_missing_is_named_and_one_that_is_too_much() -> None:
    cut = _bars()
    cut[:, 11:] = 0
    found = mask_disagreement(cut, _bars(), (1, 4), SPACING)
    assert found.labels[0].missing is None
    assert found.labels[1].missing == Lacking(1, 11, 12, pytest.approx(2 / 5))
    assert found.labels[1].surplus is None
    back = mask_disagreement(_bars(), cut, (1, 4), SPACING)
    assert back.labels[1].surplus == Lacking(1, 11, 12, pytest.approx(2 / 5))


def test_where_the_label_calls_it_something_else_no_end_is_missing() -> None:
    other = _bars()
    other[2:4, 6:8, 3:6] = 4
    found = mask_disagreement(_bars(), other, (1, 4), SPACING)
    assert [label.missing for label in found.labels] == [None, None]


def test_specks_far_away_do_not_lengthen_an_end() -> None:
    cut, other = _bars(), _bars()
    cut[:, 11:] = 0
    other[2, 15, 3] = 4
    missing = mask_disagreement(cut, other, (1, 4), SPACING).labels[1].missing
    assert missing is not None
    assert (missing.first, missing.last) == (11, 12)


def test_a_label_that_was_forgotten_is_missing_as_a_whole() -> None:
    forgotten = np.where(_bars() == 4, 0, _bars()).astype(np.uint8)
    label = mask_disagreement(forgotten, _bars(), (1, 4), SPACING).labels[1]
    assert label.missing is not None
    assert label.missing.share == 1.0
    assert label.dice == 0.0
    assert label.surface_mm == np.inf
    assert label.shift_mm == (0.0, 0.0, 0.0)
    assert label.log_ratio == pytest.approx(np.log(10 / 40))


def test_a_shift_is_measured_in_millimetres() -> None:
    moved = np.roll(_bars(), (1, -2), (0, 2))
    for label in mask_disagreement(moved, _bars(), (1, 4), SPACING).labels:
        assert label.shift_mm == pytest.approx((2.0, 0.0, -2.0))


def test_the_slice_with_most_differences_is_named() -> None:
    other = _bars()
    other[3, 2:5, 3:6] = 0
    other[2, 2, 3] = 0
    assert mask_disagreement(_bars(), other, (1, 4), SPACING).axial == 3


@given(st.integers(0, 999), st.permutations((1, 4, 7)))
def test_swapped_labels_are_put_back(seed: int, order: list[int]) -> None:
    mask = np.random.default_rng(seed).choice(np.array([0, 1, 4, 7], dtype=np.uint8), (4, 5, 6))
    table = np.arange(256, dtype=np.uint8)
    table[[1, 4, 7]] = order
    found = mask_disagreement(table[mask], mask, (1, 4, 7), SPACING)
    back = {to: value for value, to in zip((1, 4, 7), order, strict=True)}
    assert found.swapped == 1.0
    assert [back[label.value] for label in found.labels] == list(found.exchange)


@given(st.integers(0, 999))
def test_the_best_exchange_is_the_best_of_all(seed: int) -> None:
    mask, other = np.random.default_rng(seed).choice(np.array([0, 1, 4, 7], dtype=np.uint8), (2, 2, 3, 4))
    found = mask_disagreement(mask, other, (1, 4, 7), SPACING)
    values = [label.value for label in found.labels]
    best = 0.0
    for order in itertools.permutations(values):
        table = np.zeros(256, dtype=np.uint8)
        table[values] = order
        both = [(mask == value, other == to) for value, to in zip(values, order, strict=True)]
        scores = [2.0 * (a & b).sum() / max(1, a.sum() + b.sum()) for a, b in both]
        best = max(best, float(np.mean(scores)))
    assert found.swapped == pytest.approx(best)
    assert found.dice == pytest.approx(np.mean(dice_per_label(mask, other, values)))


@given(pairs())
def test_what_one_lacks_the_other_has_too_much_of(masks: tuple[np.ndarray, np.ndarray]) -> None:
    mask, other = (found.astype(np.uint8) for found in masks)
    there = mask_disagreement(mask, other, (1,), SPACING)
    back = mask_disagreement(other, mask, (1,), SPACING)
    for one, two in zip(there.labels, back.labels, strict=True):
        assert (one.missing, one.surplus) == (two.surplus, two.missing)
        assert one.log_ratio == pytest.approx(-two.log_ratio)
        assert one.shift_mm == pytest.approx([-step for step in two.shift_mm])
