import math

import numpy as np
import pytest

from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.measuring_task import MeasuringTask
from napari_medal.core.usual_labels import UsualLabels
from napari_medal.metrics.angular_standard_deviation import angular_standard_deviation
from napari_medal.metrics.ellipsoid_volume_ratio import ellipsoid_volume_ratio
from napari_medal.metrics.margin_fluctuation import margin_fluctuation
from napari_medal.metrics.slice_choice import SliceChoice
from napari_medal.testing import check_task
from napari_medal_plugins.lower_grade_glioma.task import TASK, LowerGradeGlioma
from tests.metrics.shapes import ellipsoid, turn

SCHEME = LabelScheme((LabelClass(1, "tumour", "#e6550d"),))
SPACING = (3.0, 1.0, 0.8)


@pytest.fixture(scope="module")
def tumour() -> np.ndarray:
    return ellipsoid((24.0, 15.0, 10.0), turn(3), SPACING).astype(np.uint8)


def grid(mask: np.ndarray) -> Grid:
    affine = np.zeros((4, 4))
    affine[[2, 1, 0], [0, 1, 2]] = SPACING
    affine[3, 3] = 1.0
    return Grid(mask.shape, affine)


def test_it_is_a_sound_task_that_measures_and_names_its_label():
    assert isinstance(TASK, MeasuringTask)
    assert isinstance(TASK, UsualLabels)
    check_task(TASK)
    check_task(LowerGradeGlioma(slices=SliceChoice.ALL))


def test_figures_are_those_of_the_largest_piece_and_the_volume_of_all(tumour):
    piece = tumour > 0
    with_speck = tumour.copy()
    with_speck[0, :3, :2] = 1
    figures = TASK.figures(with_speck, SCHEME, grid(tumour))
    assert figures[:3] == (
        angular_standard_deviation(piece, SPACING),
        ellipsoid_volume_ratio(piece, SPACING),
        margin_fluctuation(piece, SPACING),
    )
    assert figures[3] == pytest.approx((piece.sum() + 6) * 2.4 / 1000)
    assert [feature.name for feature in TASK.features] == [
        "angular_standard_deviation",
        "ellipsoid_volume_ratio",
        "margin_fluctuation",
        "volume",
    ]


def test_values_that_are_no_label_do_not_count(tumour):
    other = np.where(tumour == 0, 7, tumour).astype(np.uint8)
    assert TASK.figures(other, SCHEME, grid(tumour)) == TASK.figures(tumour, SCHEME, grid(tumour))


def test_an_empty_mask_has_no_shape_and_no_volume(tumour):
    *shape, volume = TASK.figures(np.zeros_like(tumour), SCHEME, grid(tumour))
    assert all(map(math.isnan, shape))
    assert volume == 0.0


def test_other_slices_give_other_figures(tumour):
    by_area = LowerGradeGlioma(slices=SliceChoice.BY_AREA).figures(tumour, SCHEME, grid(tumour))
    figures = TASK.figures(tumour, SCHEME, grid(tumour))
    assert by_area[0] != figures[0]
    assert by_area[2] != figures[2]
    assert by_area[1::2] == figures[1::2]


def test_the_ellipsoid_is_cut_by_each_slice_around_the_tumour(tumour):
    ellipsoid = TASK.sketches(tumour, SCHEME, grid(tumour))[0]
    cuts = [path for path in ellipsoid.paths if np.ptp(path[:, 0]) == 0.0]
    slices = np.flatnonzero(tumour.any(axis=(1, 2)))
    assert {int(z) for z in slices} <= {round(cut[0, 0] / SPACING[0]) for cut in cuts}
    assert len(ellipsoid.paths) - len(cuts) == 4
    for cut in cuts:
        inside = np.argwhere(tumour[round(cut[0, 0] / SPACING[0])]) * SPACING[1:]
        middle = cut[:-1, 1:].mean(axis=0)
        ways = np.arctan2(*(cut[:-1, 1:] - middle).T)
        order = np.argsort(ways)
        reach = np.interp(
            np.arctan2(*(inside - middle).T),
            ways[order],
            np.hypot(*(cut[:-1, 1:] - middle).T)[order],
            period=2 * np.pi,
        )
        assert (np.hypot(*(inside - middle).T) <= reach * 1.02).all()


def test_meridians_and_cuts_lie_on_one_ellipsoid(tumour):
    paths = TASK.sketches(tumour, SCHEME, grid(tumour))[0].paths
    cuts, meridians = paths[:-4], paths[-4:]
    points = np.concatenate(meridians)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    terms = lambda p: np.stack([p[:, i] * p[:, j] for i in range(3) for j in range(i, 3)], axis=1)  # noqa: E731
    form = np.linalg.lstsq(terms(points - middle), np.ones(len(points)), rcond=None)[0]
    assert terms(np.concatenate(cuts) - middle) @ form == pytest.approx(1.0, abs=0.02)


def test_centroids_are_the_middle_of_the_tumour_and_of_each_slice(tumour):
    points = TASK.sketches(tumour, SCHEME, grid(tumour))[1].points
    assert points[0] == pytest.approx(np.argwhere(tumour).mean(axis=0) * SPACING)
    slices = np.flatnonzero(tumour.any(axis=(1, 2)))
    assert points[1:, 0] == pytest.approx(slices * SPACING[0])
    z = slices[2]
    assert points[3, 1:] == pytest.approx(np.argwhere(tumour[z]).mean(axis=0) * SPACING[1:])


def test_radii_run_from_the_middle_to_the_edge_of_the_slices_that_count(tumour):
    radii = TASK.sketches(tumour, SCHEME, grid(tumour))[2].paths
    z = int(tumour.sum(axis=(1, 2)).argmax())
    assert 24 <= len(radii) <= 72
    for path in radii:
        assert path[0] == pytest.approx(radii[0][0])
        assert (path[:, 0] == z * SPACING[0]).all()
        index = np.round(path[1] / SPACING).astype(int)
        around = tumour[z, index[1] - 1 : index[1] + 2, index[2] - 1 : index[2] + 2]
        assert tumour[tuple(index)]
        assert not around.all()
    many = LowerGradeGlioma(slices=SliceChoice.ALL).sketches(tumour, SCHEME, grid(tumour))[2].paths
    assert {path[0, 0] for path in many} == set(np.flatnonzero(tumour.any(axis=(1, 2))) * SPACING[0])


def test_nothing_is_drawn_of_an_empty_mask(tumour):
    for sketch in TASK.sketches(np.zeros_like(tumour), SCHEME, grid(tumour)):
        assert sketch.paths == ()
        assert sketch.points is None
