import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.prediction import Prediction
from napari_medal.core.score import CaseScore
from napari_medal.core.task import Task
from napari_medal.errors import GeometryError, ModelError
from napari_medal.tasks.doubt import slice_doubts
from napari_medal.testing import check_task
from napari_medal.uncertainty.entropy import MEASURE as ENTROPY
from napari_medal.uncertainty.pairwise_dice import MEASURE as PAIRWISE_DICE
from napari_medal_plugins.segmentation.task import TASK

SCHEME = LabelScheme((LabelClass(1, "anterior", "#111111"), LabelClass(5, "posterior", "#222222")))
GRID = Grid((12, 10, 10), np.eye(4))
SCORE = CaseScore(0.0, (0.0, 0.0), (0.0,) * 12, "none")


def labels(anterior: slice | None = slice(1, 4), posterior: int = 4, rows: int = 3) -> np.ndarray:
    """Indices: an anterior box on some slices, a posterior box on slices 5 to 9."""
    array = np.zeros(GRID.shape, dtype=np.uint8)
    if anterior is not None:
        array[anterior, 1:4, 1:9] = 1
    array[5:10, 6 : 6 + rows, 1 : 1 + posterior] = 2
    return array


def samples(*members: np.ndarray) -> np.ndarray:
    return np.stack([[member == c for c in range(3)] for member in members]).astype(np.float32)


def prediction(mask: np.ndarray | None) -> Prediction:
    return Prediction(SCORE, np.zeros((3, *GRID.shape), dtype=np.float32), mask)


def test_keeps_the_protocol(points):
    assert isinstance(TASK, Task)
    check_task(TASK, points)


def test_uncertainty_is_the_mean_over_structures_without_background():
    stack = samples(labels(posterior=4), labels(posterior=8), labels(posterior=4))
    score = TASK.score(stack, SCHEME, GRID, PAIRWISE_DICE)
    expected = PAIRWISE_DICE.per_class(stack)[1:]
    assert score.per_class == pytest.approx(tuple(expected))
    assert score.uncertainty == pytest.approx((0.0 + 2 / 3 * (1 - 2 * 4 / 12)) / 2)


def test_the_reason_names_the_structure_and_its_slices():
    changed = labels()
    changed[7:10, 6:9, 1:9] = 2
    score = TASK.score(samples(labels(), changed, labels()), SCHEME, GRID, PAIRWISE_DICE)
    assert score.reason == "posterior boundary uncertain on slices 8-10"
    assert [n for n, value in enumerate(score.per_slice) if value > 0.01] == [7, 8, 9]


def test_one_slice_is_singular():
    changed = labels()
    changed[7, 6:9, 1:9] = 2
    score = TASK.score(samples(labels(), changed), SCHEME, GRID, PAIRWISE_DICE)
    assert score.reason == "posterior boundary uncertain on slice 8"


def test_an_image_has_no_slices():
    flat = samples(labels()[7:8], labels(posterior=8)[7:8])
    score = TASK.score(flat, SCHEME, Grid((1, 10, 10), np.eye(4)), PAIRWISE_DICE)
    assert score.reason == "posterior boundary uncertain"


def test_members_that_disagree_whether_a_structure_is_there():
    score = TASK.score(samples(labels(), labels(anterior=None), labels()), SCHEME, GRID, PAIRWISE_DICE)
    assert score.reason == "members disagree whether anterior is there at all, slices 2-4"


def test_nothing_predicted():
    empty = np.zeros(GRID.shape, dtype=np.uint8)
    score = TASK.score(samples(empty, empty), SCHEME, GRID, PAIRWISE_DICE)
    assert score.reason == "no structure predicted"
    assert score.uncertainty == 0.0
    assert score.per_slice == (0.0,) * 12


def test_agreement_is_said():
    score = TASK.score(samples(labels(), labels()), SCHEME, GRID, PAIRWISE_DICE)
    assert score.reason == "nothing stands out as uncertain"


def test_other_measures_serve_too():
    blurred = samples(labels())
    blurred[0, :, 5:8] = 0.6 * blurred[0, :, 5:8] + 0.4 / 3
    score = TASK.score(blurred, SCHEME, GRID, ENTROPY)
    assert score.reason.startswith("posterior boundary uncertain on slices 6-8")
    assert 0.0 < score.uncertainty < 1.0


def test_a_reader_is_led_to_most_doubtful_voxels_and_not_to_a_small_end():
    found = np.zeros(GRID.shape, dtype=np.bool_)
    found[2:6, 1:9, 1:9] = True
    found[9, 5, 5] = True
    doubt = np.where(found, 0.2, 0.0).astype(np.float32)
    doubt[9, 5, 5] = 1.0
    assert doubt[9][found[9]].mean() > doubt[3][found[3]].mean()
    assert slice_doubts(doubt, found).argmax() in range(2, 6)
    assert slice_doubts(doubt, found).max() == pytest.approx(0.2 * 64 / 96)


def test_slices_of_slight_doubt_are_not_named():
    blurred = samples(labels())
    for slices, blur in ((slice(5, 7), 0.02), (slice(7, 10), 0.6)):
        blurred[0, :, slices] = (1 - blur) * blurred[0, :, slices] + blur / 3
    score = TASK.score(blurred, SCHEME, GRID, ENTROPY)
    assert score.reason == "posterior boundary uncertain on slices 8-10"
    assert score.per_slice[5] > 0.03


def test_slices_are_averaged_over_the_neighbourhood_of_structures_only():
    doubtful = samples(labels(), labels())
    doubtful[1, :, 11] = 1 / 3
    score = TASK.score(doubtful, SCHEME, GRID, PAIRWISE_DICE)
    assert score.per_slice[11] == 0.0


@given(members=st.integers(1, 4), seed=st.integers(0, 999), sharpness=st.floats(0.1, 10))
def test_scores_stay_between_0_and_1(members, seed, sharpness):
    odds = np.exp(sharpness * np.random.default_rng(seed).normal(size=(members, 3, 3, 4, 4)))
    stack = (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32)
    score = TASK.score(stack, SCHEME, Grid((3, 4, 4), np.eye(4)), PAIRWISE_DICE)
    assert all(0.0 <= value <= 1.0 for value in (score.uncertainty, *score.per_class, *score.per_slice))


def test_samples_that_do_not_fit_are_refused():
    with pytest.raises(ModelError, match="Found 2 classes; wanted 2 labels"):
        TASK.score(samples(labels())[:, :2], SCHEME, GRID, PAIRWISE_DICE)
    with pytest.raises(GeometryError, match="grid has shape"):
        TASK.score(samples(labels()), SCHEME, Grid((3, 4, 4), np.eye(4)), PAIRWISE_DICE)


def test_compare_gives_dice_by_label_value():
    truth = SCHEME.to_values(labels(posterior=8))
    found = TASK.compare(prediction(SCHEME.to_values(labels(posterior=4))), truth, SCHEME)
    assert found == pytest.approx((1.0, 2 * 4 / 12))
    absent = SCHEME.to_values(labels(anterior=None))
    assert math.isnan(TASK.compare(prediction(absent), absent, SCHEME)[0])


def test_compare_wants_masks_of_one_shape():
    mask = SCHEME.to_values(labels())
    with pytest.raises(ModelError, match="prediction without a mask"):
        TASK.compare(prediction(None), mask, SCHEME)
    with pytest.raises(ModelError, match="truth without a mask"):
        TASK.compare(prediction(mask), 3, SCHEME)
    with pytest.raises(GeometryError, match="shape"):
        TASK.compare(prediction(mask), mask[:3], SCHEME)


def test_summary_takes_labels_then_cases():
    rows = [(0.8, 0.6), (0.4, math.nan), (math.nan, math.nan)]
    found = TASK.summarise(rows, SCHEME)
    assert list(found.metrics) == ["dice_mean", "dice_anterior", "dice_posterior"]
    assert found.primary == "dice_mean"
    assert found.per_case == pytest.approx((0.7, 0.4, 1.0))
    assert found.metrics["dice_mean"].value == pytest.approx(0.7)
    assert found.metrics["dice_anterior"].value == pytest.approx(0.6)
    assert found.metrics["dice_posterior"].value == pytest.approx(0.6)


def test_summary_of_no_case_is_nan():
    assert math.isnan(TASK.summarise([], SCHEME).metrics["dice_mean"].value)


def test_overview():
    assert TASK.overview(samples(labels())[0], SCHEME) == "2 structures"
    assert TASK.overview(samples(labels(anterior=None))[0], SCHEME) == "only posterior"
    assert TASK.overview(samples(np.zeros(GRID.shape, dtype=np.uint8))[0], SCHEME) == "no structure"


def test_summary_gives_each_label_s_cases_to_paired_tests():
    found = TASK.summarise([(0.8, 0.6), (0.4, math.nan)], SCHEME)
    assert found.compared == "Dice"
    assert found.per_label["anterior"] == (0.8, 0.4)
    assert found.per_label["posterior"][0] == 0.6
    assert math.isnan(found.per_label["posterior"][1])
