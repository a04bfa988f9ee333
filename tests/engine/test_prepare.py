import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from napari_medal.core.plan import Intensities, Plan
from napari_medal.core.target import Target
from napari_medal.core.volume import Volume
from napari_medal.engine.prepare import network_shape, normalise, prepare, prepare_mask, restore
from tests.small import grid

SIDES = st.integers(1, 9)


def _plan(spacing_mm: tuple[float, float, float] | None = None, patch: tuple[int, int, int] = (16, 16, 16)) -> Plan:
    return Plan(spacing_mm, patch, 2, (4, 8), ((2, 2, 2),), 2, 6, 4, 4e-3)


def _volume(shape: tuple[int, int, int], spacing_mm: tuple[float, float, float]) -> Volume:
    array = np.random.default_rng(0).integers(0, 900, shape).astype(np.int16)
    return Volume(array, grid(shape, spacing_mm))


@given(
    hnp.arrays(
        st.sampled_from([np.int16, np.uint8, np.float32, np.float64]),
        st.tuples(SIDES, SIDES, SIDES),
        elements={"min_value": 0, "max_value": 200},
    )
)
@settings(max_examples=40)
def test_normalised_images_are_finite_and_of_unit_spread(array: np.ndarray) -> None:
    found = normalise(array)
    assert found.dtype == np.float32
    assert found.shape == array.shape
    assert np.isfinite(found).all()
    if found.any():
        assert abs(found.mean()) < 1e-3
        assert abs(found.std() - 1) < 1e-3


@pytest.mark.parametrize("value", [0, -1000, 30000])
def test_a_constant_image_becomes_zero(value: int) -> None:
    assert not normalise(np.full((3, 4, 5), value, dtype=np.int16)).any()


def test_single_bright_voxels_change_nothing_much() -> None:
    array = np.random.default_rng(0).normal(100, 10, (20, 20, 20)).astype(np.float32)
    spoilt = array.copy()
    spoilt[:2, 0, 0] = 1e6
    assert np.abs(normalise(spoilt) - normalise(array)).max() < 3.5
    assert np.corrcoef(normalise(spoilt).ravel(), array.ravel())[0, 1] > 0.98


def test_the_unit_of_an_image_does_not_matter() -> None:
    array = np.random.default_rng(0).normal(size=(8, 8, 8))
    assert np.allclose(normalise(array * 700 + 30), normalise(array), atol=1e-3)


@pytest.mark.parametrize(
    ("spacing", "wanted"),
    [
        ((1.0, 1.0, 1.0), (10, 20, 30)),
        ((1.009, 0.991, 1.0), (10, 20, 30)),
        ((2.0, 0.5, 1.011), (20, 10, 30)),
        ((1.1, 1.0, 1.0), (11, 20, 30)),
        ((0.01, 1.0, 1.0), (1, 20, 30)),
    ],
)
def test_only_differences_of_a_percent_are_worth_resampling(
    spacing: tuple[float, float, float], wanted: tuple[int, int, int]
) -> None:
    assert network_shape((10, 20, 30), spacing, _plan((1.0, 1.0, 1.0))) == wanted
    assert network_shape((10, 20, 30), spacing, _plan(None)) == (10, 20, 30)


@pytest.mark.parametrize("spacing", [(2.0, 0.5, 0.7), (1.0, 1.0, 1.0), (1.0, 3.3, 0.4)])
def test_a_case_goes_to_the_network_and_back(spacing: tuple[float, float, float]) -> None:
    volume = _volume((7, 12, 9), spacing)
    plan = _plan((1.0, 1.0, 1.0))
    prepared = prepare([volume, volume], plan, Target.MASK)
    shape = network_shape((7, 12, 9), spacing, plan)
    assert prepared.image.shape == (2, *shape)
    assert prepared.spacing_mm == (1.0, 1.0, 1.0)
    assert prepared.grid is volume.grid
    samples = torch.rand(2, 3, *shape)
    assert restore(samples, (7, 12, 9)).shape == (2, 3, 7, 12, 9)


def test_without_a_spacing_the_image_keeps_its_own_grid() -> None:
    volume = _volume((7, 12, 9), (3.0, 0.5, 0.5))
    prepared = prepare([volume], _plan(None), Target.MASK)
    assert prepared.spacing_mm == (3.0, 0.5, 0.5)
    assert (prepared.image[0] == normalise(volume.array)).all()


def test_a_mask_follows_its_image_and_comes_back() -> None:
    mask = np.zeros((8, 10, 12), dtype=np.uint8)
    mask[2:6, 3:8, 4:9] = 1
    mask[2:6, 3:8, 6:9] = 2
    large = prepare_mask(mask, (16, 20, 24))
    assert large.dtype == np.uint8
    assert (large == mask.repeat(2, 0).repeat(2, 1).repeat(2, 2)).all()
    assert (prepare_mask(large, (8, 10, 12)) == mask).all()
    assert (prepare_mask(mask, (8, 10, 12)) == mask).all()


def test_probabilities_come_back_where_they_were() -> None:
    blob = torch.zeros(1, 1, 16, 20, 24)
    blob[0, 0, 4:8, 6:12, 8:14] = 1.0
    small = restore(blob, (8, 10, 12))[0, 0]
    assert (np.argwhere(small > 0.5).min(axis=0) == (2, 3, 4)).all()
    assert (np.argwhere(small > 0.5).max(axis=0) == (3, 5, 6)).all()


@given(
    shape=st.tuples(st.integers(2, 40), st.integers(2, 40), st.integers(2, 40)),
    spacing=st.tuples(*[st.floats(0.3, 6.0)] * 3),
)
@settings(max_examples=40)
def test_an_image_to_classify_keeps_its_proportions(
    shape: tuple[int, int, int], spacing: tuple[float, float, float]
) -> None:
    array = np.random.default_rng(1).uniform(0.5, 1.5, shape)
    prepared = prepare([Volume(array, grid(shape, spacing))], _plan(patch=(16, 24, 32)), Target.CLASS)
    assert prepared.image.shape == (1, 16, 24, 32)
    extents = np.array(shape) * spacing
    scale = min(np.array((16, 24, 32)) / extents)
    filled = np.argwhere(prepared.image[0] > prepared.image.min())
    found = filled.max(axis=0) - filled.min(axis=0) + 1
    assert (np.abs(found - np.clip(extents * scale, 1, None)) <= 3).all()
    # Within the rounding to whole voxels, the voxels of the box are cubes.
    sides = extents / prepared.spacing_mm
    assert np.allclose(sides, np.round(sides))
    assert (np.abs(sides - np.clip(extents * scale, 1, None)) <= 0.5 + 1e-6).all()


def test_a_planar_image_to_classify_keeps_its_proportions() -> None:
    array = np.random.default_rng(1).uniform(0.5, 1.5, (1, 40, 20))
    prepared = prepare([Volume(array, grid((1, 40, 20), (1.0, 0.5, 0.5)))], _plan(patch=(1, 32, 32)), Target.CLASS)
    assert prepared.image.shape == (1, 1, 32, 32)
    columns = (prepared.image[0, 0] > prepared.image.min()).any(axis=0)
    assert list(np.flatnonzero(columns)) == list(range(8, 24))


def test_a_small_structure_on_an_even_ground_does_not_vanish() -> None:
    image = np.zeros((10, 20, 20), dtype=np.float32)
    image[5, 10, 8:12] = 7.0
    found = normalise(image)
    assert found[5, 10, 9] > 1.0
    assert np.isclose(found.mean(), 0.0, atol=1e-3)


TISSUE = Intensities(low=-100.0, high=300.0, mean=50.0, deviation=80.0)


def test_a_channel_with_a_unit_is_scaled_as_every_case_is() -> None:
    array = np.array([[[-1000, -100, 50, 130, 300, 3000]]], dtype=np.int16)
    assert normalise(array, TISSUE).ravel().tolist() == [-1.875, -1.875, 0.0, 1.0, 3.125, 3.125]
    assert array[0, 0, 0] == -1000  # what was read stays as it is


def test_channels_with_and_without_a_unit_lie_side_by_side() -> None:
    volume = _volume((7, 12, 9), (1.0, 1.0, 1.0))
    plan = replace(_plan(None), intensities=(None, TISSUE))
    image = prepare([volume, volume], plan, Target.MASK).image
    assert (image[0] == normalise(volume.array)).all()
    assert (image[1] == normalise(volume.array, TISSUE)).all()
    with_fewer = prepare([volume, volume], replace(plan, intensities=(TISSUE,)), Target.MASK).image
    assert (with_fewer[0] == normalise(volume.array, TISSUE)).all()
    assert (with_fewer[1] == normalise(volume.array)).all()


@pytest.mark.parametrize("spacing", [None, (1.25, 1.0, 1.0)])
def test_preparing_takes_little_more_memory_than_the_result(spacing: tuple[float, float, float] | None) -> None:
    volume = _volume((100, 120, 160), (1.0, 1.0, 1.0))
    whole = volume.array.size * 4
    tracemalloc.start()
    try:
        prepare([volume], _plan(spacing), Target.MASK)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3.5 * whole


@given(st.tuples(SIDES, SIDES, SIDES), st.tuples(SIDES, SIDES, SIDES))
@settings(max_examples=60)
def test_a_mask_goes_to_the_nearest_voxel_as_torch_finds_it(
    shape: tuple[int, int, int], wanted: tuple[int, int, int]
) -> None:
    mask = np.random.default_rng(0).integers(0, 255, shape).astype(np.uint8)
    tensor = torch.from_numpy(mask).float()[None, None]
    nearest = torch.nn.functional.interpolate(tensor, size=wanted, mode="nearest-exact")[0, 0]
    assert (prepare_mask(mask, wanted) == nearest.numpy()).all()
