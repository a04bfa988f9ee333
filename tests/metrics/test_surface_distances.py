import math
import time

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from monai.metrics import compute_average_surface_distance, compute_hausdorff_distance, compute_surface_dice

from napari_medal.metrics.surface_distances import surface_distances
from tests.metrics.blobs import SPACINGS, blob, pairs

# MONAI 1.6 passes its own deprecated argument on.
pytestmark = pytest.mark.filterwarnings("ignore:.*always_return_as_numpy:FutureWarning")

EMPTY = np.zeros((4, 5, 6), dtype=bool)
BOX = EMPTY.copy()
BOX[1:3, 1:4, 1:4] = True


def _one_hot(mask: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(mask[None, None].astype(np.float32))


@settings(max_examples=60)
@given(pairs(), SPACINGS, st.sampled_from((0.5, 1.0, 2.0)))
def test_agrees_with_monai(masks, spacing, tolerance):
    found = surface_distances(*masks, spacing)
    ours, theirs = (_one_hot(mask) for mask in masks)
    options = {"include_background": True, "spacing": spacing}
    assert found.hausdorff_mm == pytest.approx(float(compute_hausdorff_distance(ours, theirs, **options)), rel=1e-5)
    hd95 = float(compute_hausdorff_distance(ours, theirs, percentile=95, **options))
    assert found.percentile_mm(95) == pytest.approx(hd95, rel=1e-5, abs=1e-6)
    mean = float(compute_average_surface_distance(ours, theirs, symmetric=True, **options))
    assert found.mean_mm == pytest.approx(mean, rel=1e-5, abs=1e-6)
    # A distance that equals the tolerance is within it or not by the rounding of float32.
    within = float(compute_surface_dice(ours, theirs, class_thresholds=[tolerance + 1e-4], **options))
    assert found.within(tolerance + 1e-4) == pytest.approx(within, rel=1e-5)


@settings(max_examples=40)
@given(pairs(), SPACINGS)
def test_agrees_with_every_pair_of_surface_voxels(masks, spacing):
    """No distance transform, no erosion: neighbours one by one, then all distances."""
    points = [_surface_by_hand(mask) * np.asarray(spacing) for mask in masks]
    table = np.linalg.norm(points[0][:, None] - points[1][None, :], axis=2)
    found = surface_distances(*masks, spacing)
    np.testing.assert_allclose(np.sort(found.to_second), np.sort(table.min(axis=1)), atol=1e-9)
    np.testing.assert_allclose(np.sort(found.to_first), np.sort(table.min(axis=0)), atol=1e-9)


def _surface_by_hand(mask: np.ndarray) -> np.ndarray:
    inside = {tuple(voxel) for voxel in np.argwhere(mask)}
    steps = [sign * np.eye(3, dtype=int)[axis] for axis in range(3) for sign in (-1, 1)]
    return np.array([voxel for voxel in inside if any(tuple(voxel + step) not in inside for step in steps)])


@given(pairs(axes=2), st.sampled_from((0.5, 1.0)), st.sampled_from((1.0, 4.0)))
def test_a_single_slice_is_measured_in_its_plane(masks, height, width):
    flat = surface_distances(masks[0][None], masks[1][None], (9.0, height, width))
    plane = surface_distances(*masks, (height, width))
    np.testing.assert_array_equal(flat.to_second, plane.to_second)
    ours, theirs = (_one_hot(mask) for mask in masks)
    expected = float(compute_hausdorff_distance(ours, theirs, include_background=True, spacing=(height, width)))
    assert plane.hausdorff_mm == pytest.approx(expected, rel=1e-5)


def test_two_empty_masks_have_nothing_to_judge():
    found = surface_distances(EMPTY, EMPTY, (1.0, 1.0, 1.0))
    figures = (found.hausdorff_mm, found.percentile_mm(95), found.mean_mm, found.within(2.0))
    assert all(map(math.isnan, figures))


@pytest.mark.parametrize("masks", [(EMPTY, BOX), (BOX, EMPTY)])
def test_one_empty_mask_is_infinitely_far(masks):
    found = surface_distances(*masks, (1.0, 1.0, 1.0))
    assert (found.hausdorff_mm, found.percentile_mm(95), found.mean_mm) == (math.inf,) * 3
    assert found.within(2.0) == 0.0


def test_a_shift_along_thick_slices_counts_in_mm():
    moved = np.roll(BOX, 1, axis=0)
    found = surface_distances(BOX, moved, (3.0, 1.0, 1.0))
    assert found.hausdorff_mm == 3.0
    assert found.within(3.0) == 1.0
    assert found.within(2.9) < 1.0


def test_a_mask_with_itself():
    found = surface_distances(BOX, BOX, (1.0, 2.0, 3.0))
    assert (found.hausdorff_mm, found.mean_mm, found.within(0.0)) == (0.0, 0.0, 1.0)


def test_only_the_box_around_the_masks_costs_time():
    large = np.zeros((200, 400, 400), dtype=bool)
    large[90:100, 200:210, 200:210] = blob((10, 10, 10), 1)
    began = time.process_time()
    surface_distances(large, np.roll(large, 1, axis=2), (1.0, 1.0, 1.0))
    assert time.process_time() - began < 2.0
