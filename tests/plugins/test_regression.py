import math

import numpy as np
import pytest

from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.prediction import Prediction
from napari_medal.core.quantity import Quantity
from napari_medal.core.score import CaseScore
from napari_medal.errors import ModelError, SettingsError
from napari_medal.testing import check_task
from napari_medal.uncertainty.variance import MEASURE
from napari_medal_plugins.regression.task import TASK

AGE = LabelScheme((), Quantity("age", "years", 0.0, 120.0))
LABELS = LabelScheme((LabelClass(0, "benign", "#111111"),))
GRID = Grid((4, 4, 4), np.eye(4))
SCORE = CaseScore(0.0, (), (), "")


def score(*members: float) -> CaseScore:
    return TASK.score(np.array(members, dtype=np.float32)[:, None], AGE, GRID, MEASURE)


def prediction(value: float | None) -> Prediction:
    return Prediction(SCORE, np.array([value or 0.0], dtype=np.float32), value=value)


def test_keeps_the_protocol(points):
    check_task(TASK, points)


def test_uncertainty_is_the_deviation_over_half_the_range():
    found = score(54.0, 66.0)
    assert found.uncertainty == pytest.approx(6.0 / 60.0, abs=1e-6)
    assert (found.per_class, found.per_slice) == ((), ())
    assert found.reason == "the members differ by 12.0 years"
    assert score(60.0, 60.0).uncertainty == 0.0
    assert score(-500.0, 700.0).uncertainty == 1.0


def test_a_single_member_does_not_pretend_to_be_sure():
    assert score(60.0).reason == "a single member, whose doubt is not known"


def test_what_is_no_single_number_is_refused():
    with pytest.raises(ModelError, match=r"\(S, 1\)"):
        TASK.score(np.ones((2, 2), dtype=np.float32), AGE, GRID, MEASURE)
    with pytest.raises(SettingsError, match="wanted a quantity"):
        TASK.score(np.ones((2, 1), dtype=np.float32), LABELS, GRID, MEASURE)
    with pytest.raises(ModelError, match="a mask as truth"):
        TASK.compare(prediction(3.0), np.zeros((1, 2, 2), dtype=np.uint8), AGE)
    with pytest.raises(ModelError, match="a prediction without a value"):
        TASK.compare(prediction(None), 3.0, AGE)


def test_summary():
    rows = [TASK.compare(prediction(said), true, AGE) for said, true in ((60.0, 50.0), (30.0, 34.0), (80.0, 80.0))]
    found = TASK.summarise(rows, AGE)
    assert list(found.metrics) == ["mae", "rmse", "r2", "pearson", "spearman"]
    assert found.metrics["mae"].value == pytest.approx(14 / 3)
    assert found.metrics["rmse"].value == pytest.approx(math.sqrt(116 / 3))
    assert found.metrics["spearman"].value == pytest.approx(1.0)
    assert found.per_case == (-10.0, -4.0, 0.0)
    assert (found.score, found.compared, found.tolerance) == (
        -found.metrics["mae"].value,
        "absolute error in years",
        1.2,
    )


def test_summary_of_no_case_is_nan():
    assert math.isnan(TASK.summarise([], AGE).metrics["mae"].value)
    assert math.isnan(TASK.summarise([], AGE).score)


def test_a_score_has_no_unit():
    scheme = LabelScheme((), Quantity("score", "", 1.0, 5.0))
    assert TASK.summarise([(1.0, 2.0)], scheme).compared == "absolute error"
    assert TASK.overview(np.array([2.5], dtype=np.float32), scheme) == "2.500"


def test_overview():
    assert TASK.overview(np.array([63.46], dtype=np.float32), AGE) == "63.5 years"
