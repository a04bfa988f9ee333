import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_medal.metrics.bounding_ellipsoid import bounding_ellipsoid
from napari_medal.metrics.ellipsoid_volume_ratio import ellipsoid_volume_ratio
from tests.metrics.blobs import SPACINGS, masks
from tests.metrics.shapes import ellipsoid, turn

UNIT = (1.0, 1.0, 1.0)
CUBE_IN_BALL = 1 / (4 / 3 * math.pi * (math.sqrt(3) / 2) ** 3)


def corners(mask: np.ndarray, spacing) -> np.ndarray:
    voxels = np.argwhere(mask)
    return np.concatenate([voxels + np.array(side) - 0.5 for side in itertools.product((0, 1), repeat=3)]) * spacing


def reach(found, points: np.ndarray) -> np.ndarray:
    """How far out each point lies; 1 is the surface."""
    lengths = np.linalg.norm(found.semi_axes_mm, axis=1)
    return np.linalg.norm((points - found.centre_mm) @ found.semi_axes_mm.T / lengths**2, axis=1)


@given(mask=masks(), spacing=SPACINGS)
def test_holds_every_corner_and_touches_some(mask, spacing):
    found = bounding_ellipsoid(mask, spacing)
    distances = reach(found, corners(mask, spacing))
    assert distances.max() == pytest.approx(1.0)
    assert np.count_nonzero(distances > 0.99) >= 4


@settings(max_examples=20)
@given(mask=masks(), spacing=SPACINGS, seed=st.integers(0, 99))
def test_no_other_that_holds_them_is_smaller(mask, spacing, seed):
    best = bounding_ellipsoid(mask, spacing).volume_mm3
    points = corners(mask, spacing)
    rng = np.random.default_rng(seed)
    found = bounding_ellipsoid(mask, spacing)
    for _ in range(20):
        form = found.semi_axes_mm.T @ (np.eye(3) + rng.normal(0, 0.05, (3, 3)))
        centre = found.centre_mm + rng.normal(0, 0.05, 3) * np.abs(found.semi_axes_mm).max()
        out = np.linalg.norm((points - centre) @ np.linalg.inv(form).T, axis=1).max()
        assert 4 / 3 * math.pi * abs(np.linalg.det(form)) * out**3 > best * (1 - 4e-3)


@pytest.mark.parametrize("spacing", [(1.0, 1.0, 1.0), (3.0, 0.8, 0.8), (0.7, 1.1, 2.0)])
@pytest.mark.parametrize("seed", range(4))
def test_finds_an_ellipsoid_of_any_orientation(seed, spacing):
    axes, turned = (40.0, 26.0, 15.0), turn(seed)
    mask = ellipsoid(axes, turned, spacing)
    found = bounding_ellipsoid(mask, spacing)
    middle = (np.array(mask.shape) - 1) / 2 * spacing
    assert np.linalg.norm(found.centre_mm - middle) < 0.2
    lengths = np.linalg.norm(found.semi_axes_mm, axis=1)
    assert lengths - axes == pytest.approx(np.full(3, 0.5 * np.linalg.norm(spacing) / 2), abs=1.2)
    for axis, true in zip(found.semi_axes_mm, turned.T, strict=True):
        assert abs(axis @ true) / np.linalg.norm(axis) > 0.998
    assert ellipsoid_volume_ratio(mask, spacing) == pytest.approx(0.88, abs=0.07)


def test_a_ball_fills_it_the_better_the_more_voxels_it_has():
    ratios = [ellipsoid_volume_ratio(ellipsoid((r, r, r), np.eye(3), UNIT), UNIT) for r in (3.0, 10.0, 30.0)]
    assert ratios == pytest.approx([0.52, 0.79, 0.92], abs=0.01)


def test_a_box_of_any_size_fills_as_much_as_a_cube():
    mask = np.zeros((6, 9, 12), dtype=bool)
    mask[2:3, 1:7, 1:11] = True
    assert ellipsoid_volume_ratio(mask, (4.0, 0.5, 1.5)) == pytest.approx(CUBE_IN_BALL, rel=1e-3)
    found = bounding_ellipsoid(mask, (4.0, 0.5, 1.5))
    assert np.linalg.norm(found.semi_axes_mm, axis=1) == pytest.approx(
        np.sqrt(3) / 2 * np.array([15.0, 4.0, 3.0]), rel=1e-3
    )
    assert found.centre_mm == pytest.approx([8.0, 1.75, 8.25], abs=1e-2)


def test_one_voxel_is_a_box():
    mask = np.zeros((3, 3, 3), dtype=bool)
    mask[1, 1, 1] = True
    assert ellipsoid_volume_ratio(mask, (3.0, 1.0, 1.0)) == pytest.approx(CUBE_IN_BALL, rel=1e-3)


def test_two_corners_at_odds_leave_it_almost_empty():
    mask = np.zeros((40, 40, 40), dtype=bool)
    mask[0, 0, 0] = mask[-1, -1, -1] = True
    assert 0 < ellipsoid_volume_ratio(mask, UNIT) < 0.02


@given(
    mask=masks(),
    spacing=SPACINGS,
    shift=st.tuples(*[st.integers(0, 4)] * 3),
    order=st.permutations(range(3)),
    flips=st.lists(st.integers(0, 2), unique=True),
    factor=st.floats(0.1, 10),
)
def test_neither_place_nor_turn_nor_spacing_counts(mask, spacing, shift, order, flips, factor):
    ratio = ellipsoid_volume_ratio(mask, spacing, tolerance=1e-5)
    assert 0 < ratio <= 1
    moved = np.pad(mask, [(n, 4 - n) for n in shift])
    turned = np.flip(moved.transpose(order), flips)
    other = tuple(factor * spacing[axis] for axis in order)
    assert ellipsoid_volume_ratio(turned, other, tolerance=1e-5) == pytest.approx(ratio, rel=1e-3)


def test_an_empty_mask_has_none():
    assert bounding_ellipsoid(np.zeros((2, 2, 2), dtype=bool), UNIT) is None
    assert math.isnan(ellipsoid_volume_ratio(np.zeros((2, 2, 2), dtype=bool), UNIT))
