import math
from datetime import UTC, datetime

import numpy as np
import pytest

from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Case, CaseState, Split
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.prediction import Prediction
from napari_medal.core.progress import Silent
from napari_medal.core.score import CaseScore
from napari_medal.loop.evaluation_table import EvaluationTable, Figure, rows_text
from napari_medal.loop.examination import Examination
from napari_medal.loop.figure_names import figure_name
from napari_medal.metrics.bootstrap import mean_interval
from tests.small import grid

SCHEME = LabelScheme((LabelClass(1, "lesion", "#111111"), LabelClass(5, "organ", "#222222")))
SCORE = CaseScore(0.0, (), (), "")
SHAPE = (8, 20, 20)


def _case(number: int, subject: str) -> Case:
    return Case(f"name {number}", subject, Split.VALIDATION, CaseState.ACCEPTED, ())


def _examination(count: int, scheme: LabelScheme = SCHEME) -> Examination:
    when = datetime(2026, 1, 1, tzinfo=UTC)
    annotations = {
        f"name {number}": Annotation(100 + number, f"name {number}", "t", 1, "ann", when, 1.0, None, None)
        for number in range(count)
    }
    return Examination(scheme, annotations, Silent())


def _mask(lesion: slice | None = None, organ: slice | None = slice(2, 6)) -> np.ndarray:
    mask = np.zeros(SHAPE, dtype=np.uint8)
    if organ is not None:
        mask[organ, 2:10, 2:10] = 5
    if lesion is not None:
        mask[lesion, 14:16, 14:16] = 1
    return mask


def _answer(mask: np.ndarray) -> Prediction:
    return Prediction(SCORE, np.zeros((3, *mask.shape), dtype=np.float32), mask=mask)


def _figure(table: EvaluationTable, label: str, metric: str) -> Figure:
    (found,) = [figure for figure in table.figures if (figure.label, figure.metric) == (label, metric)]
    return found


def test_empty_masks_are_told_apart():
    """Case 0: found. 1: missed. 2: seen where there is none. 3: rightly not seen."""
    looked = _examination(4)
    said = (slice(3, 5), None, slice(3, 5), None)
    true = (slice(3, 5), slice(3, 5), None, None)
    for number, (ours, theirs) in enumerate(zip(said, true, strict=True)):
        looked.add(_case(number, f"p{number}"), _answer(_mask(ours)), _mask(theirs), grid(SHAPE, (2.0, 1.0, 1.0)))
    table = looked.table()
    dice = _figure(table, "lesion", "dice")
    assert (dice.interval.value, dice.cases, dice.infinite) == (pytest.approx(1 / 3), 3, 0)
    distance = _figure(table, "lesion", "hd95_mm")
    assert (distance.interval.value, distance.cases, distance.infinite) == (0.0, 1, 2)
    assert _figure(table, "lesion", "nsd_2mm").interval.value == pytest.approx(1 / 3)
    error = _figure(table, "lesion", "volume_error_ml")
    assert (error.interval.value, error.cases) == (0.0, 4)
    rows = [row for row in table.rows if row.label == "lesion"]
    assert [row.values["volume_error_ml"] for row in rows] == pytest.approx([0.0, -0.016, 0.016, 0.0])
    (lesions,) = [found for found in table.lesions if found.label == "lesion"]
    assert [(count.found, count.missed, count.false) for count in lesions.counts] == [(1, 1, 1), (0, 0, 0), (0, 0, 0)]
    assert "inf" in rows_text(table)


def test_distances_are_in_mm():
    looked = _examination(1)
    looked.add(_case(0, "p"), _answer(_mask(organ=slice(3, 7))), _mask(), grid(SHAPE, (2.5, 1.0, 1.0)))
    (row,) = [row for row in looked.table().rows if row.label == "organ"]
    assert row.values["hd_mm"] == 2.5
    assert row.values["truth_ml"] == pytest.approx(4 * 64 * 2.5 / 1000)
    assert row.annotation == 100


def test_a_subject_counts_once():
    looked = _examination(3)
    for number, subject in enumerate(("p", "p", "q")):
        said = _mask(organ=(slice(2, 6), slice(2, 4), slice(4, 6))[number])
        looked.add(_case(number, subject), _answer(said), _mask(), grid(SHAPE))
    table = looked.table()
    values = [row.values["dice"] for row in table.rows if row.label == "organ"]
    figure = _figure(table, "organ", "dice")
    assert (table.cases, table.subjects, figure.cases) == (3, 2, 3)
    assert figure.interval == mean_interval([(values[0] + values[1]) / 2, values[2]])


def test_one_subject_has_no_interval():
    looked = _examination(1)
    looked.add(_case(0, "p"), _answer(_mask()), _mask(), grid(SHAPE))
    assert math.isnan(_figure(looked.table(), "organ", "dice").interval.low)


def test_where_only_some_slices_are_compared_nothing_across_slices_is_measured():
    looked = _examination(1)
    looked.add(_case(0, "p"), _answer(_mask()[3:5]), _mask()[3:5], grid(SHAPE))
    table = looked.table()
    assert [set(row.values) for row in table.rows] == [{"dice", "jaccard"}] * 2
    assert _figure(table, "organ", "dice").interval.value == 1.0
    assert all(lesions.counts == () for lesions in table.lesions)


def test_classes_are_judged_by_their_probabilities():
    looked = _examination(4)
    said = [(0.9, 0.1), (0.4, 0.6), (0.7, 0.3), (0.2, 0.8)]
    for number, (probabilities, truth) in enumerate(zip(said, (1, 5, 5, 5), strict=True)):
        answer = Prediction(SCORE, np.array(probabilities, dtype=np.float32), class_value=1)
        looked.add(_case(number, f"p{number}"), answer, truth, grid(SHAPE))
    table = looked.table()
    assert table.confusion == ((1, 0), (1, 2))
    assert _figure(table, "", "accuracy").interval.value == 0.75
    assert _figure(table, "organ", "auc_delong").interval.value == 1.0
    assert _figure(table, "", "log_loss").interval.value == pytest.approx(-np.log([0.9, 0.6, 0.3, 0.8]).mean())
    assert [row.label for row in table.rows] == ["lesion", "organ", "organ", "organ"]
    assert table.lesions == ()


@pytest.mark.parametrize(("tolerance_mm", "wanted"), [(1.0, 0.0), (2.0, 1.0)])
def test_how_far_surfaces_may_lie_apart_is_a_setting(tolerance_mm: float, wanted: float) -> None:
    """The lesion is drawn one slice of 2 mm too low."""
    scheme, annotations = _examination(1)._scheme, _examination(1)._annotations
    looked = Examination(scheme, annotations, Silent(), tolerance_mm)
    near = grid(SHAPE, (2.0, 1.0, 1.0))
    looked.add(_case(0, "p0"), _answer(_mask(slice(4, 5))), _mask(slice(3, 4)), near)
    found = _figure(looked.table(), "lesion", f"nsd_{tolerance_mm:g}mm")
    assert found.interval.value == wanted
    assert figure_name(found) == f"surface Dice at {tolerance_mm:g} mm"
