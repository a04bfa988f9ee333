"""What each correction tool makes of shapes whose right answer is known."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from napari_medal.core.progress import Silent
from napari_medal.edit.combine import TOOL as COMBINE
from napari_medal.edit.combine import Operation, Source
from napari_medal.edit.copy_slice import AFTER, BEFORE
from napari_medal.edit.distance import distance_mm
from napari_medal.edit.encircle import encircle
from napari_medal.edit.extent import Extent
from napari_medal.edit.fill_between import TOOL as FILL_BETWEEN
from napari_medal.edit.fill_holes import TOOL as FILL_HOLES
from napari_medal.edit.fill_holes import Holes
from napari_medal.edit.flood import TOOL as FLOOD
from napari_medal.edit.grow_seeds import TOOL as GROW_SEEDS
from napari_medal.edit.grow_seeds import _shrunk, _spread
from napari_medal.edit.hollow import TOOL as HOLLOW
from napari_medal.edit.hollow import Wall
from napari_medal.edit.island import KEEP, REMOVE
from napari_medal.edit.keep_largest import TOOL as KEEP_LARGEST
from napari_medal.edit.margin import TOOL as MARGIN
from napari_medal.edit.pick_candidate import TOOL as PICK
from napari_medal.edit.region import Region
from napari_medal.edit.remove_small import TOOL as REMOVE_SMALL
from napari_medal.edit.remove_small import Unit
from napari_medal.edit.restore import TOOL as RESTORE
from napari_medal.edit.restore import Part
from napari_medal.edit.smooth import TOOL as SMOOTH
from napari_medal.edit.smooth import Filter
from napari_medal.edit.split import TOOL as SPLIT
from napari_medal.edit.threshold import TOOL as THRESHOLD
from napari_medal.edit.threshold import Rival
from napari_medal.errors import DrawingError
from tests.edit.drawings import CYST, LIVER, SPACINGS_MM, TUMOUR, ball, distance_from_middle_mm, shown, used
from tests.small import grid

SHAPE = (21, 41, 41)
SPACING_MM = (2.0, 1.0, 0.9)


def label(shape: np.ndarray, value: int = LIVER) -> np.ndarray:
    return shape.astype(np.uint8) * np.uint8(value)


# Regions and distances


@given(arrays(np.uint8, (4, 5, 6), elements=st.integers(0, 3)), st.integers(0, 2), st.integers(0, 3))
def test_a_region_is_the_smallest_box(mask, axis, number):
    drawing = shown(mask)
    within = Region.whole(drawing.grid).at_slice(axis, number)
    for outer in (None, within):
        part = (outer or Region.whole(drawing.grid)).of(mask)
        region = Region.of_labels(drawing, (1, 3), outer)
        found = np.argwhere(np.isin(part, (1, 3)))
        if not len(found):
            assert region is None
            continue
        corner = [side.start for side in (outer or Region.whole(drawing.grid)).box]
        assert [side.start for side in region.box] == (found.min(axis=0) + corner).tolist()
        assert [side.stop for side in region.box] == (found.max(axis=0) + corner + 1).tolist()


def test_a_region_is_widened_by_mm_within_the_volume_and_not_across_its_slice():
    region = Region((slice(4, 6), slice(3, 5), slice(1, 9)), grid((10, 10, 10), (2.0, 1.0, 0.5)))
    assert region.widened(2.0, 1).box == (slice(2, 8), slice(0, 8), slice(0, 10))
    assert region.at_slice(1, 3).widened(2.0, 0).box == (slice(3, 7), slice(3, 4), slice(0, 10))


@pytest.mark.parametrize("spacing_mm", SPACINGS_MM)
@pytest.mark.parametrize("shape", [(7, 8, 9), (1, 8, 9), (7, 1, 9)])
def test_distances_are_those_of_scipy(shape, spacing_mm):
    from scipy import ndimage

    drawn = np.random.default_rng(1).random(shape) < 0.05
    wanted = ndimage.distance_transform_edt(~drawn, sampling=spacing_mm)
    np.testing.assert_allclose(distance_mm(drawn, spacing_mm), wanted, atol=1e-4)
    assert np.isinf(distance_mm(np.zeros(shape, bool), spacing_mm)).all()


# Slices


def test_a_cone_is_filled_between_its_ends():
    shape = (11, 41, 41)
    away = np.hypot(*np.meshgrid(np.arange(41) - 20, np.arange(41) - 20, indexing="ij"))
    radii = np.linspace(5, 15, 11)
    cone = np.stack([away <= radius for radius in radii])
    ends = np.zeros(shape, bool)
    ends[[0, 10]] = cone[[0, 10]]
    filled = used(FILL_BETWEEN, shown(label(ends))) == LIVER
    wrong = filled != cone
    assert np.abs(away - radii[:, None, None])[wrong].max(initial=0) <= 1.0


def test_shapes_are_filled_across_the_view_at_hand_and_wide_gaps_stay():
    mask = np.zeros((9, 9, 20), np.uint8)
    mask[2:7, 3:6, [2, 5, 15]] = LIVER
    drawing = shown(mask, (1.0, 1.0, 3.0), axis=2)
    filled = used(replace(FILL_BETWEEN, gap_mm=10.0), drawing)
    assert np.array_equal(np.flatnonzero(filled.any(axis=(0, 1))), [2, 3, 4, 5, 15])
    assert np.array_equal(filled[..., 3], mask[..., 2])
    assert used(FILL_BETWEEN, drawing)[4, 4, 2:16].all()
    assert np.array_equal(used(FILL_BETWEEN, replace(drawing, axis=0)), mask), "nothing is missing along z"


@pytest.mark.parametrize(("tool", "source"), [(BEFORE, 3), (AFTER, 5)])
def test_a_slice_is_copied(tool, source):
    mask = np.zeros((9, 6, 6), np.uint8)
    mask[source, 1:4, 1:4] = LIVER
    mask[4, 2:6, 2:6] = LIVER
    mask[4, 1, 1] = TUMOUR
    copied = used(tool, shown(mask, index=(4, 0, 0)))[4]
    assert copied[1, 1] == TUMOUR
    assert np.array_equal(np.argwhere(copied == LIVER), np.argwhere(mask[source] == LIVER)[1:])
    added = used(replace(tool, replace=False), shown(mask, index=(4, 0, 0)))[4]
    assert np.array_equal(added == LIVER, (mask[4] == LIVER) | (copied == LIVER))


def test_there_is_no_slice_before_the_first():
    with pytest.raises(DrawingError, match="no such slice"):
        BEFORE.apply(shown(np.ones((3, 4, 5), np.uint8), index=(0, 0, 0)), Silent())


# Shape


@pytest.mark.parametrize("spacing_mm", [(1.0, 1.0, 1.0), SPACING_MM, (3.0, 0.8, 0.8)])
@pytest.mark.parametrize("margin_mm", [-4.0, -1.5, 0.5, 2.0, 5.0])
def test_a_ball_with_a_margin_is_a_larger_ball(spacing_mm, margin_mm):
    shape = tuple(int(40 / mm) for mm in spacing_mm)
    radius_mm = 11.0
    changed = used(replace(MARGIN, margin_mm=margin_mm), shown(label(ball(shape, spacing_mm, radius_mm)), spacing_mm))
    away = distance_from_middle_mm(shape, spacing_mm)
    wrong = (changed == LIVER) != (away <= radius_mm + margin_mm)
    assert np.abs(away - radius_mm - margin_mm)[wrong].max(initial=0) <= max(spacing_mm)


def test_a_margin_in_the_slice_is_a_disk():
    drawing = shown(label(ball(SHAPE, SPACING_MM, 9.0)), SPACING_MM)
    grown = used(replace(MARGIN, margin_mm=3.0, extent=Extent.SLICE), drawing)
    away = distance_from_middle_mm(SHAPE, SPACING_MM)[10]
    wrong = (grown[10] == LIVER) != (away <= 12.0)
    assert np.abs(away - 12.0)[wrong].max(initial=0) <= 1.0
    assert np.array_equal(np.delete(grown, 10, 0), np.delete(drawing.mask, 10, 0))


def test_what_is_cut_off_by_the_edge_does_not_shrink_from_there():
    mask = np.zeros((9, 9, 9), np.uint8)
    mask[:5] = LIVER
    shrunk = used(replace(MARGIN, margin_mm=-2.0), shown(mask))
    assert np.array_equal(np.flatnonzero(shrunk.all(axis=(1, 2))), [0, 1, 2])


@pytest.mark.parametrize("kind", Filter)
def test_smoothing_takes_a_speck_off_and_keeps_the_size(kind):
    shape = (31, 41, 45)
    mask = label(ball(shape, (1.3, 1.0, 0.9), 12.0))
    size = int(np.count_nonzero(mask))
    mask[2, 2, 2] = LIVER
    mask[15, 20, 22] = 0
    smoothed = used(replace(SMOOTH, filter=kind, size_mm=1.5), shown(mask, (1.3, 1.0, 0.9)))
    assert smoothed[2, 2, 2] == 0
    assert smoothed[15, 20, 22] == LIVER
    assert abs(np.count_nonzero(smoothed) - size) < 0.06 * size


@pytest.mark.parametrize("wall", Wall)
def test_a_wall_has_its_thickness(wall):
    drawing = shown(label(ball(SHAPE, SPACING_MM, 11.0)), SPACING_MM)
    hollow = used(replace(HOLLOW, wall_mm=4.0, wall=wall), drawing) == LIVER
    away = distance_from_middle_mm(SHAPE, SPACING_MM)
    inner, outer = (7.0, 11.0) if wall is Wall.INSIDE else (11.0, 15.0)
    wrong = hollow != ((away > inner) & (away <= outer))
    assert np.minimum(np.abs(away - inner), np.abs(away - outer))[wrong].max(initial=0) <= 2.0
    assert hollow.any()


def test_holes_are_filled_in_the_slice_in_slices_and_in_3d():
    mask = np.zeros((7, 9, 9), np.uint8)
    mask[1:6, 1:8, 1:8] = LIVER
    mask[3, 4, 4] = 0  # closed on all sides
    mask[:, 2, 2] = 0  # a tunnel
    mask[4, 6, 6] = TUMOUR
    drawing = shown(mask)

    def filled(holes: Holes) -> list[list[int]]:
        return np.argwhere(used(replace(FILL_HOLES, holes=holes), drawing) != mask).tolist()

    assert filled(Holes.VOLUME) == [[3, 4, 4]]
    assert filled(Holes.SLICE) == [[3, 2, 2], [3, 4, 4]]
    assert filled(Holes.SLICES) == [[1, 2, 2], [2, 2, 2], [3, 2, 2], [3, 4, 4], [4, 2, 2], [5, 2, 2]]


# Islands

_PARTS = ((slice(0, 3), 27), (slice(4, 6), 8), (slice(7, 8), 1))


def _three_parts() -> np.ndarray:
    mask = np.zeros((8, 8, 8), np.uint8)
    for part, _ in _PARTS:
        mask[part, part, part] = LIVER
    return mask


def _sizes(mask: np.ndarray) -> list[int]:
    return [int(np.count_nonzero(mask[part, part, part] == LIVER)) for part, _ in _PARTS]


def test_the_largest_islands_are_kept():
    drawing = shown(_three_parts())
    assert _sizes(used(KEEP_LARGEST, drawing)) == [27, 0, 0]
    assert _sizes(used(replace(KEEP_LARGEST, count=2), drawing)) == [27, 8, 0]


@pytest.mark.parametrize("far", [False, True])
def test_of_two_islands_of_one_size_the_nearer_one_is_kept(far):
    mask = np.zeros((3, 3, 20), np.uint8)
    mask[1, 1, [2, 3]] = LIVER
    mask[1, 1, [15, 16]] = LIVER
    drawing = shown(mask, index=(1, 1, 19 if far else 0))
    kept = np.flatnonzero(used(KEEP_LARGEST, drawing)[1, 1]).tolist()
    assert kept == ([15, 16] if far else [2, 3])


@pytest.mark.parametrize(
    ("size", "unit", "left"),
    [
        (8, Unit.VOXELS, [27, 8, 0]),
        (9, Unit.VOXELS, [27, 0, 0]),
        (15.9, Unit.MM3, [27, 8, 0]),
        (16.1, Unit.MM3, [27, 0, 0]),
        (66, Unit.SHARE, [27, 8, 0]),
        (67, Unit.SHARE, [27, 0, 0]),
        (0, Unit.VOXELS, [27, 8, 1]),
    ],
)
def test_small_islands_are_removed_by_any_unit(size, unit, left):
    drawing = shown(_three_parts(), (2.0, 1.0, 1.0))
    assert _sizes(used(replace(REMOVE_SMALL, size=size, unit=unit), drawing)) == left


def test_the_island_under_the_crosshair_is_kept_or_removed():
    drawing = shown(_three_parts(), index=(4, 5, 5))
    assert _sizes(used(KEEP, drawing)) == [0, 8, 0]
    assert _sizes(used(REMOVE, drawing)) == [27, 0, 1]
    with pytest.raises(DrawingError, match="not on liver"):
        KEEP.apply(replace(drawing, index=(0, 7, 7)), Silent())


def test_islands_get_labels_of_their_own():
    mask = used(SPLIT, shown(_three_parts()))
    assert (mask[1, 1, 1], mask[4, 4, 4], mask[7, 7, 7]) == (LIVER, TUMOUR, CYST)
    busy = _three_parts()
    busy[0, 7, 7] = CYST
    with pytest.raises(DrawingError, match="3 separate parts, and 1 labels"):
        SPLIT.apply(shown(busy), Silent())


def test_a_candidate_is_picked_by_its_probability():
    mask = _three_parts()
    chances = np.full((4, 8, 8, 8), 0.1, np.float32)
    for (part, _), chance in zip(_PARTS, (0.4, 0.9, 0.6), strict=True):
        chances[1, part, part, part] = chance
    drawing = shown(mask, probabilities=chances)
    picked = [_sizes(used(replace(PICK, place=place), drawing)) for place in (1, 2, 3)]
    assert picked == [[0, 8, 0], [0, 0, 1], [27, 0, 0]]
    with pytest.raises(DrawingError, match="1 to 3"):
        replace(PICK, place=4).apply(drawing, Silent())
    with pytest.raises(DrawingError, match="train a model"):
        PICK.apply(shown(mask), Silent())


# Labels


def test_labels_are_combined():
    mask = np.array([[[LIVER, LIVER, TUMOUR, TUMOUR, 0, CYST]]], np.uint8)
    predicted = np.array([[[0, TUMOUR, TUMOUR, TUMOUR, TUMOUR, TUMOUR]]], np.uint8)
    drawing = shown(mask, prediction=predicted)

    def combined(**settings: object) -> list[int]:
        return used(replace(COMBINE, other=TUMOUR, **settings), drawing)[0, 0].tolist()

    assert combined(operation=Operation.ADD) == [2, 2, 2, 2, 0, 7]
    assert combined(operation=Operation.SUBTRACT) == [2, 2, 4, 4, 0, 7]
    assert combined(operation=Operation.SUBTRACT, margin_mm=1.0) == [2, 0, 4, 4, 0, 7]
    assert combined(operation=Operation.INTERSECT) == [0, 0, 4, 4, 0, 7]
    assert combined(operation=Operation.INTERSECT, margin_mm=1.0) == [0, 2, 4, 4, 0, 7]
    assert combined(operation=Operation.COPY) == [0, 0, 2, 2, 0, 7]
    predicted_settings = {"source": Source.PREDICTION}
    assert combined(operation=Operation.ADD, **predicted_settings) == [2, 2, 4, 4, 2, 7]
    assert combined(operation=Operation.SUBTRACT, **predicted_settings) == [2, 0, 4, 4, 0, 7]
    assert combined(operation=Operation.INTERSECT, **predicted_settings) == [0, 2, 4, 4, 0, 7]
    assert combined(operation=Operation.COPY, **predicted_settings) == [0, 2, 4, 4, 2, 7]


@pytest.mark.parametrize(
    ("settings", "words"),
    [({}, "one of liver, tumour, cyst"), ({"other": LIVER}, "itself"), ({"other": 4, "source": "As predicted"}, "yet")],
)
def test_a_label_that_cannot_be_combined_is_told(settings, words):
    settings = {name: Source(value) if name == "source" else value for name, value in settings.items()}
    with pytest.raises(DrawingError, match=words):
        replace(COMBINE, **settings).apply(shown(_three_parts()), Silent())


# Model


def test_a_region_goes_back_to_the_prediction():
    mask = np.zeros((5, 8, 8), np.uint8)
    predicted = np.zeros_like(mask)
    mask[1:4, 1:3, 1:3] = LIVER
    predicted[1:4, 2:4, 1:3] = LIVER
    predicted[2, 6, 6] = LIVER
    mask[2, 6, 1] = TUMOUR
    drawing = shown(mask, prediction=predicted, index=(2, 1, 1))
    part = {part: used(replace(RESTORE, part=part), drawing) for part in Part}
    assert np.array_equal(part[Part.EVERYTHING], predicted)
    assert np.array_equal(part[Part.SLICE][2], predicted[2])
    assert np.array_equal(np.delete(part[Part.SLICE], 2, 0), np.delete(mask, 2, 0))
    assert np.array_equal(part[Part.ISLAND][:, :5], predicted[:, :5])
    assert np.array_equal(part[Part.ISLAND][:, 5:], mask[:, 5:])
    with pytest.raises(DrawingError, match="Nothing is drawn"):
        replace(RESTORE, part=Part.ISLAND).apply(replace(drawing, index=(0, 0, 0)), Silent())


def test_a_lower_level_is_looser():
    own = np.clip(1.0 - distance_from_middle_mm(SHAPE, SPACING_MM) / 20.0, 0.0, 1.0).astype(np.float32)
    chances = np.stack([1.0 - own, own, np.zeros_like(own), np.zeros_like(own)])
    drawing = shown(label(own >= 0.5), SPACING_MM, probabilities=chances)
    for level in (0.3, 0.5, 0.8):
        assert np.array_equal(used(replace(THRESHOLD, level=level), drawing) == LIVER, own >= level)


def test_the_level_is_weighed_against_background_or_all():
    chances = np.array([0.2, 0.3, 0.5, 0.0], np.float32).reshape(4, 1, 1, 1) * np.ones((1, 2, 3, 4), np.float32)
    drawing = shown(np.zeros((2, 3, 4), np.uint8), probabilities=chances)
    tool = replace(THRESHOLD, touching=False)
    assert (used(tool, drawing) == LIVER).all()
    assert not used(replace(tool, rival=Rival.ALL), drawing).any()


def test_what_does_not_touch_is_left_out_and_far_away_too():
    chances = np.zeros((4, 1, 1, 30), np.float32)
    chances[0], chances[1] = 1.0, 0.0
    chances[:2, 0, 0, 2:14] = 0.5
    chances[:2, 0, 0, 20:25] = 0.5
    mask = np.zeros((1, 1, 30), np.uint8)
    mask[0, 0, 3:5] = LIVER
    tool = replace(THRESHOLD, level=0.4, reach_mm=5.0)
    drawn = used(tool, shown(mask, probabilities=chances))[0, 0]
    assert np.flatnonzero(drawn).tolist() == list(range(2, 11)), "5 mm and a voxel"
    everywhere = used(replace(tool, touching=False), shown(mask, probabilities=chances))[0, 0]
    assert np.flatnonzero(everywhere).tolist() == [*range(2, 14), *range(20, 25)]


# Image


def test_a_flood_stays_within_tolerance_distance_and_other_labels():
    image = np.zeros((5, 9, 30))
    image[:, 4, :] = 100.0
    image[2, 4, 20] = 130.0
    mask = np.zeros(image.shape, np.uint8)
    mask[2, 4, 2] = TUMOUR
    drawing = shown(mask, (2.0, 1.0, 1.0), image=image, index=(2, 4, 10))

    def flooded(**settings: object) -> np.ndarray:
        return np.argwhere(used(replace(FLOOD, **settings), drawing) == LIVER)

    assert flooded()[:, 2].tolist() == list(range(3, 20))
    assert flooded(tolerance=40.0)[:, 2].tolist() == list(range(3, 30))
    assert flooded(distance_mm=4.0)[:, 2].tolist() == list(range(6, 15))
    deep = flooded(extent=Extent.VOLUME, distance_mm=4.0)
    assert set(deep[:, 0]) == {0, 1, 2, 3, 4}
    assert np.linalg.norm((deep - (2, 4, 10)) * (2.0, 1.0, 1.0), axis=1).max() <= 4.0
    with pytest.raises(DrawingError, match="on tumour"):
        FLOOD.apply(replace(drawing, index=(2, 4, 2)), Silent())


@pytest.mark.parametrize("shape", [(21, 41, 41), (45, 81, 91)])
def test_seeds_grow_to_the_edges_of_the_image(shape):
    spacing_mm = tuple(40.0 / size for size in shape)
    away = distance_from_middle_mm(shape, spacing_mm)
    inner, outer = away <= 8.0, (away > 8.0) & (away <= 14.0)
    image = 100.0 * inner + 50.0 * outer + np.random.default_rng(0).normal(0, 6, shape)
    seeds = label(away <= 3.0)
    seeds[(away > 10.0) & (away < 12.0)] = TUMOUR
    seeds[: shape[0] // 2] = 0
    drawing = shown(seeds, spacing_mm, image=image)
    grown = used(GROW_SEEDS, drawing)
    for value, wanted in ((LIVER, inner), (TUMOUR, outer)):
        found = grown == value
        dice = 2 * np.count_nonzero(found & wanted) / (np.count_nonzero(found) + np.count_nonzero(wanted))
        assert dice > 0.85
    assert np.array_equal(grown[seeds > 0], seeds[seeds > 0])


@pytest.mark.parametrize("factors", [(1, 2, 3), (2, 2, 2), (3, 1, 4)])
def test_a_coarse_grid_lies_where_the_fine_one_does(factors):
    shape = (24, 24, 24)
    ramp = np.add.outer(np.add.outer(np.arange(24.0), 2.0 * np.arange(24.0)), 3.0 * np.arange(24.0)).astype(np.float32)
    spread = _spread(_shrunk(ramp, factors)[None], factors, shape)[0]
    inner = (slice(5, -5),) * 3
    np.testing.assert_allclose(spread[inner], ramp[inner], atol=1e-3)


def test_one_seed_without_a_rim_and_a_plain_image_are_told():
    mask = label(ball((9, 9, 9), (1, 1, 1), 2.0))
    with pytest.raises(DrawingError, match="a second one"):
        replace(GROW_SEEDS, rim=False).apply(shown(mask), Silent())
    with pytest.raises(DrawingError, match="one intensity"):
        GROW_SEEDS.apply(shown(mask, image=np.full((9, 9, 9), 7)), Silent())


# Lasso


@given(axis=st.integers(0, 2), number=st.integers(0, 4))
def test_a_lasso_draws_what_it_encircles(axis, number):
    mask = np.zeros((12, 12, 12), np.uint8)
    mask[6, 6, 6] = TUMOUR
    corners = np.array([(2.4, 2.4), (2.4, 8.6), (7.6, 8.6), (7.6, 2.4)])
    drawn = mask.copy()
    encircle(mask, corners, axis, number, LIVER).apply(drawn)
    plane = np.moveaxis(drawn, axis, 0)[number]
    wanted = np.zeros((12, 12), np.uint8)
    wanted[3:8, 3:9] = LIVER
    assert np.array_equal(plane, wanted)
    assert np.count_nonzero(drawn) == np.count_nonzero(wanted) + 1
    encircle(drawn, corners, axis, number, 0).apply(drawn)
    assert np.array_equal(drawn, mask)


def test_a_line_of_two_points_and_one_outside_encircle_nothing():
    mask = np.zeros((3, 8, 8), np.uint8)
    assert len(encircle(mask, np.array([(1.0, 1.0), (5.0, 5.0)]), 0, 1, LIVER)) == 0
    assert len(encircle(mask, np.array([(-9.0, -9.0), (-9.0, -5.0), (-5.0, -5.0)]), 0, 1, LIVER)) == 0


@pytest.mark.parametrize("tool", [MARGIN, KEEP_LARGEST, FLOOD, FILL_BETWEEN], ids=lambda tool: tool.name)
def test_without_a_label_to_draw_one_is_asked_for(tool):
    with pytest.raises(DrawingError, match="choose one of liver, tumour, cyst"):
        tool.apply(shown(_three_parts(), label=0), Silent())
