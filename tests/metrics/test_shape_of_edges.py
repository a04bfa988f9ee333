import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_medal.metrics.angular_standard_deviation import angular_standard_deviation
from napari_medal.metrics.margin_fluctuation import margin_fluctuation
from napari_medal.metrics.slice_choice import SliceChoice
from tests.metrics.blobs import SPACINGS, masks
from tests.metrics.shapes import flower, star

UNIT = (1.0, 1.0, 1.0)
FIGURES = (angular_standard_deviation, margin_fluctuation)


@pytest.mark.parametrize("figure", FIGURES)
def test_a_circle_has_almost_none(figure):
    assert figure(flower(60, 0.0, 0), UNIT) < 0.006
    assert figure(flower(60, 0.0, 0, spacing=(0.5, 2.0)), (7.0, 0.5, 2.0)) < 0.012


@pytest.mark.parametrize("figure", FIGURES)
def test_a_circle_that_is_measured_in_wrong_pixels_has_some(figure):
    circle = flower(60, 0.0, 0, spacing=(0.5, 1.0))
    assert figure(circle, UNIT) > 3 * figure(circle, (1.0, 0.5, 1.0))


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize(("depth", "petals"), [(0.08, 10), (0.05, 20), (0.12, 10)])
def test_a_flower_with_whole_petals_in_each_part_has_the_spread_of_a_cosine(figure, depth, petals):
    assert figure(flower(100, depth, petals), UNIT) == pytest.approx(depth / math.sqrt(2), rel=0.09)


@pytest.mark.parametrize("petals", [2, 5])
def test_the_filter_leaves_what_is_longer_than_it(petals):
    depth, passed = 0.06, np.sinc(petals * 0.1)
    found = margin_fluctuation(flower(120, depth, petals), UNIT)
    assert found == pytest.approx(depth * (1 - passed) / math.sqrt(2), rel=0.15, abs=0.003)
    found = margin_fluctuation(flower(120, depth, petals), UNIT, share=1 / petals)
    assert found == pytest.approx(depth / math.sqrt(2), rel=0.1)


def test_the_spread_in_angles_of_an_ellipse():
    def edge(angle):
        return 80 / np.hypot(np.cos(angle), 2 * np.sin(angle))

    angles = (np.arange(200_000) + 0.5) / 200_000 * 2 * np.pi
    radii = edge(angles)
    # Pixels lie evenly along the edge as its longer coordinate changes.
    y, x = radii * np.sin(angles), radii * np.cos(angles)
    weights = np.maximum(np.abs(np.gradient(y)), np.abs(np.gradient(x)))
    mean = np.average(radii, weights=weights)
    parts = []
    for place in range(10):
        held = np.floor(angles / (2 * np.pi) * 10) == place
        middle = np.average(radii[held], weights=weights[held])
        parts.append(np.sqrt(np.average((radii[held] - middle) ** 2, weights=weights[held])) / mean)
    assert angular_standard_deviation(star(edge, 80), UNIT) == pytest.approx(np.mean(parts), rel=0.02)


def test_a_jagged_edge_has_more_than_a_bent_one():
    bent, jagged = flower(60, 0.2, 2), flower(60, 0.2, 14)
    assert margin_fluctuation(jagged, UNIT) > 3 * margin_fluctuation(bent, UNIT)


@pytest.mark.parametrize("figure", FIGURES)
@given(
    mask=masks(), shift=st.tuples(*[st.integers(0, 4)] * 3), spacing=SPACINGS, factor=st.sampled_from((0.25, 2.0, 8.0))
)
def test_neither_place_nor_scale_counts(figure, mask, shift, spacing, factor):
    moved = np.pad(mask, [(n, 4 - n) for n in shift])
    for choice in SliceChoice:
        found = figure(mask, spacing, choice)
        assert figure(moved, spacing, choice) == pytest.approx(found, nan_ok=True)
        assert figure(mask, tuple(factor * mm for mm in spacing), choice) == pytest.approx(found, nan_ok=True)


@settings(max_examples=25)
@given(seed=st.integers(0, 999), turned=st.booleans(), mirrored=st.booleans())
def test_neither_a_turn_nor_a_mirror_counts(seed, turned, mirrored):
    rng = np.random.default_rng(seed)
    depths, phases = rng.uniform(0, 0.15, 4), rng.uniform(0, 6, 4)

    def edge(angle):
        return 50 * (1 + sum(d * np.cos(k * angle + p) for k, d, p in zip(range(2, 6), depths, phases, strict=True)))

    mask = star(edge, 85)
    other = mask[:, :, ::-1] if mirrored else mask
    other = np.rot90(other, 2 * turned, axes=(1, 2))
    # Ten angles are no multiple of four: a quarter turn puts their borders elsewhere.
    assert angular_standard_deviation(other, UNIT) == pytest.approx(angular_standard_deviation(mask, UNIT), abs=2e-3)
    other = np.rot90(other, axes=(1, 2))
    assert margin_fluctuation(other, UNIT) == pytest.approx(margin_fluctuation(mask, UNIT), abs=2e-4)
    found = angular_standard_deviation(mask, UNIT, bins=8)
    assert angular_standard_deviation(other, UNIT, bins=8) == pytest.approx(found, abs=2e-3)


def test_slices_count_as_chosen():
    round_one, rugged = flower(40, 0.0, 0), flower(20, 0.15, 10)
    wide = np.zeros_like(round_one)
    middle = [(n - m) // 2 for n, m in zip(wide.shape[1:], rugged.shape[1:], strict=True)]
    wide[:, middle[0] : middle[0] + rugged.shape[1], middle[1] : middle[1] + rugged.shape[2]] = rugged
    both = np.concatenate([wide, round_one, np.zeros_like(wide)])
    for figure in FIGURES:
        first, second = figure(wide, UNIT), figure(round_one, UNIT)
        assert figure(both, UNIT) == second
        assert figure(both, UNIT, SliceChoice.ALL) == pytest.approx((first + second) / 2)
        areas = wide.sum(), round_one.sum()
        expected = (areas[0] * first + areas[1] * second) / sum(areas)
        assert figure(both, UNIT, SliceChoice.BY_AREA) == pytest.approx(expected)


def test_empty_angles_and_the_divisor():
    line = np.zeros((1, 3, 9), dtype=bool)
    line[0, 1, 1:8] = True
    radii = np.array([1, 2, 3]) / (np.array([0, 1, 1, 2, 2, 3, 3]).mean())
    # The middle pixel lies at no angle, and is counted with the x axis.
    right = np.concatenate([[0], radii])
    assert angular_standard_deviation(line, UNIT) == pytest.approx((right.std() + radii.std()) / 2)
    expected = (right.std(ddof=1) + radii.std(ddof=1)) / 2
    assert angular_standard_deviation(line, UNIT, ddof=1) == pytest.approx(expected)
    # With a hundred angles only two have more than one pixel.
    assert angular_standard_deviation(line[:, :, :-1], UNIT, bins=100, ddof=1) == pytest.approx(expected)
    assert angular_standard_deviation(np.eye(2, dtype=bool)[None], UNIT) == 0.0
    assert math.isnan(angular_standard_deviation(np.eye(2, dtype=bool)[None], UNIT, ddof=1))
    assert angular_standard_deviation(line, UNIT, bins=1) == pytest.approx(np.concatenate([right, radii]).std())


def test_a_filter_that_does_not_run_on_repeats_the_ends():
    mask = flower(30, 0.2, 3)
    assert margin_fluctuation(mask, UNIT, wraps=False) != margin_fluctuation(mask, UNIT)
    assert margin_fluctuation(mask, UNIT, wraps=False) == pytest.approx(margin_fluctuation(mask, UNIT), rel=0.1)


@pytest.mark.parametrize("figure", FIGURES)
def test_nothing_and_one_pixel_have_none(figure):
    mask = np.zeros((2, 3, 3), dtype=bool)
    for choice in SliceChoice:
        assert math.isnan(figure(mask, UNIT, choice))
    mask[1, 1, 1] = True
    for choice in SliceChoice:
        assert math.isnan(figure(mask, UNIT, choice))
    mask[0] = True
    assert not math.isnan(figure(mask, UNIT, SliceChoice.ALL))
