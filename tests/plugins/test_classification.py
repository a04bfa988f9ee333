import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.prediction import Prediction
from napari_medal.core.score import CaseScore
from napari_medal.errors import ModelError, SettingsError
from napari_medal.testing import check_task
from napari_medal.uncertainty.entropy import MEASURE as ENTROPY
from napari_medal.uncertainty.pairwise_dice import MEASURE as PAIRWISE_DICE
from napari_medal_plugins.classification.task import TASK

SCHEME = LabelScheme(
    (LabelClass(0, "benign", "#111111"), LabelClass(3, "malignant", "#222222"), LabelClass(7, "unsure", "#333333"))
)
GRID = Grid((4, 4, 4), np.eye(4))


def score(*members: tuple[float, float, float]) -> CaseScore:
    return TASK.score(np.array(members, dtype=np.float32), SCHEME, GRID, ENTROPY)


def prediction(*probabilities: float) -> Prediction:
    return Prediction(score((1.0, 0.0, 0.0)), np.array(probabilities, dtype=np.float32), class_value=0)


def test_keeps_the_protocol(points):
    check_task(TASK, points)


def test_uncertainty_is_the_map_of_the_case():
    found = score((0.5, 0.25, 0.25))
    assert found.uncertainty == pytest.approx(1.5 * math.log(2) / math.log(3), abs=1e-6)
    assert found.per_class[0] == pytest.approx(1.0, abs=1e-6)
    assert len(found.per_class) == 3
    assert found.per_slice == ()
    assert score((1.0, 0.0, 0.0)).uncertainty == 0.0


def test_reasons():
    assert score((0.44, 0.48, 0.08)).reason == "torn between malignant (48 %) and benign (44 %)"
    assert score((0.04, 0.96, 0.0)).reason == "likely malignant (96 %)"


def test_members_with_different_answers_are_torn_though_the_mean_is_clear():
    found = TASK.score(
        np.array([[0.99, 0.01, 0], [0.99, 0.01, 0], [0.99, 0.01, 0], [0.99, 0.01, 0], [0.2, 0.8, 0]], np.float32),
        SCHEME, GRID, PAIRWISE_DICE,
    )  # fmt: skip
    assert found.reason == "torn between benign (83 %) and malignant (17 %)"
    assert found.uncertainty == pytest.approx(0.4 * 0.79, abs=1e-6)


def test_samples_of_another_number_of_classes_are_refused():
    with pytest.raises(ModelError, match=r"3 labels need \(S, 3\)"):
        TASK.score(np.ones((2, 2), dtype=np.float32) / 2, SCHEME, GRID, ENTROPY)


def test_compare_puts_the_index_of_the_true_class_first():
    assert TASK.compare(prediction(0.2, 0.5, 0.3), 7, SCHEME) == pytest.approx((2.0, 0.2, 0.5, 0.3))
    assert TASK.compare(prediction(0.2, 0.5, 0.3), 0, SCHEME)[0] == 0.0


def test_compare_refuses_what_is_no_class():
    with pytest.raises(SettingsError, match="value 2"):
        TASK.compare(prediction(0.2, 0.5, 0.3), 2, SCHEME)
    with pytest.raises(ModelError, match="mask as truth"):
        TASK.compare(prediction(0.2, 0.5, 0.3), np.zeros((1, 2, 2), dtype=np.uint8), SCHEME)
    with pytest.raises(ModelError, match="wanted"):
        TASK.compare(prediction(0.2, 0.8), 0, SCHEME)


def test_summary():
    rows = [(0.0, 0.8, 0.1, 0.1), (0.0, 0.3, 0.6, 0.1), (1.0, 0.1, 0.9, 0.0), (1.0, 0.5, 0.5, 0.0)]
    found = TASK.summarise(rows, SCHEME)
    assert list(found.metrics) == ["auc_mean", "auc_benign", "auc_malignant", "auc_unsure", "accuracy"]
    assert found.metrics["auc_benign"].value == pytest.approx(3 / 4)
    assert found.metrics["auc_malignant"].value == pytest.approx(3 / 4)
    assert math.isnan(found.metrics["auc_unsure"].value)
    assert found.metrics["auc_mean"].value == pytest.approx(3 / 4)
    assert found.metrics["accuracy"].value == pytest.approx(2 / 4)


@given(st.lists(st.tuples(st.integers(0, 2), *[st.floats(0.05, 1.0)] * 3), min_size=2, max_size=8), st.floats(0.3, 3.0))
def test_being_too_sure_makes_no_version_worse(cases: list[tuple[float, float, float, float]], power: float) -> None:
    """What a case counts is the log-probability at the best temperature, whatever the temperature before."""
    truth = np.array([index for index, *_ in cases])
    shares = np.array([row for _, *row in cases])
    assume((shares.argmax(axis=1) != truth).any())  # else any certainty is too little

    def found(raised: float) -> tuple[float, ...]:
        probabilities = shares**raised / (shares**raised).sum(axis=1, keepdims=True)
        rows = [(float(index), *row.tolist()) for index, row in zip(truth, probabilities, strict=True)]
        return TASK.summarise(rows, SCHEME).per_case

    plain = shares / shares.sum(axis=1, keepdims=True)

    def loss(inverse: float) -> float:
        tempered = plain**inverse / (plain**inverse).sum(axis=1, keepdims=True)
        return float(-np.log(tempered[range(len(truth)), truth]).sum())

    logs = minimize_scalar(loss, bounds=(0.1, 10.0), method="bounded")
    assume(0.2 < logs.x < 5.0)
    assert -sum(found(1.0)) == pytest.approx(logs.fun, abs=1e-3)
    assert found(power) == pytest.approx(found(1.0), abs=2e-2)


def test_an_impossible_truth_costs_a_finite_amount():
    found = TASK.summarise([(2.0, 0.5, 0.5, 0.0), (0.0, 0.6, 0.4, 0.0)], SCHEME)
    assert math.isfinite(found.per_case[0])
    assert found.per_case[0] < found.per_case[1]
    assert not math.isnan(found.metrics["auc_unsure"].value)


def test_summary_of_no_case_is_nan():
    assert math.isnan(TASK.summarise([], SCHEME).metrics["accuracy"].value)


def test_overview():
    assert TASK.overview(np.array([0.1, 0.81, 0.09], dtype=np.float32), SCHEME) == "malignant, 81 %"


def test_summary_gives_each_class_its_own_cases_to_paired_tests():
    found = TASK.summarise([(0.0, 0.5, 0.3, 0.2), (2.0, 0.1, 0.1, 0.8)], SCHEME)
    names = SCHEME.names
    assert found.per_label[names[0]][0] == found.per_case[0]
    assert found.per_label[names[2]][1] == found.per_case[1]
    assert math.isnan(found.per_label[names[0]][1])
    assert all(math.isnan(value) for value in found.per_label[names[1]])
    assert found.compared == "log-probability of the true class"
