import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.metrics.overlap import dice, dice_per_label, jaccard
from tests.metrics.blobs import pairs


def test_known_values():
    first = np.array([[[1, 1, 0, 0]]], dtype=bool)
    assert dice(first, first) == 1.0
    assert dice(first, ~first) == 0.0
    assert dice(first, np.array([[[0, 1, 1, 1]]], dtype=bool)) == pytest.approx(2 / 5)


def test_two_empty_masks_agree():
    empty = np.zeros((1, 2, 2), dtype=bool)
    assert dice(empty, empty) == 1.0


def test_labels_in_the_order_asked_for_and_nan_where_neither_mask_has_one():
    first = np.array([[[1, 1, 7, 0]]], dtype=np.uint8)
    second = np.array([[[1, 0, 7, 7]]], dtype=np.uint8)
    result = dice_per_label(first, second, (7, 1, 200))
    np.testing.assert_allclose(result, [2 / 3, 2 / 3, np.nan])


@given(st.integers(0, 999))
def test_labels_agree_with_masks_one_by_one_and_both_ways(seed):
    first, second = np.random.default_rng(seed).integers(0, 4, (2, 2, 3, 3)).astype(np.uint8)
    values = (1, 2, 3)
    together = dice_per_label(first, second, values)
    np.testing.assert_array_equal(together, dice_per_label(second, first, values))
    for value, found in zip(values, together, strict=True):
        if (first == value).any() or (second == value).any():
            assert found == pytest.approx(dice(first == value, second == value))


@given(pairs())
def test_agrees_with_monai_and_scikit_learn(masks):
    from monai.metrics import compute_iou
    from sklearn.metrics import f1_score, jaccard_score

    first, second = masks
    assert dice(first, second) == pytest.approx(f1_score(second.ravel(), first.ravel()))
    assert jaccard(first, second) == pytest.approx(jaccard_score(second.ravel(), first.ravel()))
    one_hot = [torch.from_numpy(mask[None, None].astype(np.float32)) for mask in masks]
    assert jaccard(first, second) == pytest.approx(float(compute_iou(*one_hot)), rel=1e-6)


def test_two_empty_masks_agree_by_jaccard_too():
    empty = np.zeros((1, 2, 2), dtype=bool)
    assert jaccard(empty, empty) == 1.0
    assert jaccard(empty, ~empty) == 0.0
