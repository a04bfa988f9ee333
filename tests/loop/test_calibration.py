from pathlib import Path

import numpy as np
import pytest

from napari_medal.core.case import Case, CaseState, Split
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.prediction import Prediction
from napari_medal.core.score import CaseScore
from napari_medal.core.target import Target
from napari_medal.errors import ProjectError
from napari_medal.loop.calibration import Calibrator, read_calibration, temperature_of, write_calibration
from tests.small import grid

SCHEME = LabelScheme((LabelClass(1, "benign", "#111111"), LabelClass(3, "malignant", "#222222")))
SCORE = CaseScore(0.0, (), (), "")
SHAPE = (4, 24, 24)


def _case(subject: int) -> Case:
    return Case(f"c{subject}", f"p{subject}", Split.VALIDATION, CaseState.ACCEPTED, ())


def _classes(subjects: int, too_sure: float, seed: int = 0) -> Calibrator:
    """Return a calibrator that has seen answers that are too sure by a factor."""
    rng = np.random.default_rng(seed)
    calibrator = Calibrator(Target.CLASS, SCHEME)
    for subject in range(subjects):
        logit = 2.0 * rng.normal()
        right = 1.0 / (1.0 + np.exp(-logit))
        said = 1.0 / (1.0 + np.exp(-too_sure * logit))
        answer = Prediction(SCORE, np.array([1 - said, said], dtype=np.float32), class_value=1)
        calibrator.add(_case(subject), answer, 3 if rng.random() < right else 1, grid(SHAPE))
    return calibrator


def test_a_classifier_that_is_too_sure_is_tempered():
    found = _classes(200, 3.0).calibration()
    assert found.temperature == pytest.approx(3.0, rel=0.35)
    assert found.error_after < found.error_before
    assert (found.subjects, found.answers) == (200, 200)
    assert found.reason.startswith("Used: log-loss")


def test_too_few_subjects_are_said():
    found = _classes(49, 3.0).calibration()
    assert found.temperature == 1.0
    assert found.reason == "Not fitted: 49 validation subjects, at least 50 are needed."
    assert _classes(50, 3.0).calibration().temperature > 1.5


def test_what_does_not_help_on_held_out_subjects_is_not_used():
    outcomes = [_classes(60, 1.0, seed).calibration() for seed in range(20)]
    refused = [found for found in outcomes if found.temperature == 1.0]
    assert len(refused) >= 12
    assert all(found.reason.startswith("Not used, since it does not help") for found in refused)


def _masks(subjects: int, too_sure: float) -> Calibrator:
    rng = np.random.default_rng(1)
    calibrator = Calibrator(Target.MASK, SCHEME)
    for subject in range(subjects):
        logits = np.zeros((3, *SHAPE))
        logits[0] = 60.0  # certain background, but for a block
        logits[:, :, 4:16, 4:16] = 1.5 * rng.normal(size=(3, 4, 12, 12))
        right = np.exp(logits - logits.max(axis=0))
        right /= right.sum(axis=0)
        said = np.exp(too_sure * (logits - logits.max(axis=0)))
        said /= said.sum(axis=0)
        truth = (right.cumsum(axis=0) < rng.random(SHAPE)).sum(axis=0).clip(0, 2).astype(np.uint8)
        mask = SCHEME.to_values(said.argmax(axis=0).astype(np.uint8))
        answer = Prediction(SCORE, said.astype(np.float32), mask=mask)
        calibrator.add(_case(subject), answer, SCHEME.to_values(truth), grid(SHAPE))
    return calibrator


def test_a_mask_is_tempered_by_voxels_near_its_structures():
    found = _masks(6, 2.0).calibration()
    assert found.temperature == pytest.approx(2.0, rel=0.15)
    assert 6 * 500 < found.answers < 6 * 4 * 19 * 19 + 1
    assert found.error_after < 0.05 < found.error_before
    assert _masks(4, 2.0).calibration().reason.startswith("Not fitted: 4 validation subjects, at least 5")


def test_masks_without_any_structure_teach_nothing():
    calibrator = Calibrator(Target.MASK, SCHEME)
    empty = np.zeros(SHAPE, dtype=np.uint8)
    answer = Prediction(SCORE, np.zeros((3, *SHAPE), dtype=np.float32), mask=empty)
    for subject in range(9):
        calibrator.add(_case(subject), answer, empty, grid(SHAPE))
    found = calibrator.calibration()
    assert (found.temperature, found.answers) == (1.0, 0)


def test_it_comes_back_and_damage_is_said(tmp_path: Path):
    assert read_calibration(tmp_path) is None
    assert temperature_of(tmp_path) == 1.0
    found = _classes(80, 2.0).calibration()
    write_calibration(tmp_path, found)
    assert read_calibration(tmp_path) == found
    assert temperature_of(tmp_path) == found.temperature
    write_calibration(tmp_path, _classes(3, 2.0).calibration())
    assert temperature_of(tmp_path) == 1.0
    (tmp_path / "calibration.json").write_text("{}")
    with pytest.raises(ProjectError, match=r"calibration\.json is damaged"):
        temperature_of(tmp_path)
