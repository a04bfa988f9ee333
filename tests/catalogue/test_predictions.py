from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from napari_medal.catalogue.predictions import Maps, NewPrediction, StoredPrediction
from napari_medal.catalogue.project import Project
from napari_medal.core.score import CaseScore
from napari_medal.core.shares import Shares
from napari_medal.errors import ProjectError

SCORE = CaseScore(0.25, (0.5, 0.125), (0.0, 1.0, 0.5), "posterior boundary uncertain on slices 1-2")
SHARES = hnp.arrays(np.float32, (2, 2, 3, 2), elements=st.floats(0, 1, width=32))


def _stored(project: Project, case: str, model: int) -> StoredPrediction:
    return project.predictions.by("segmentation", model)[case]


def _enter(project: Project, case: str, model: int, maps: Maps | None = None) -> StoredPrediction:
    mask = project.layout.prediction_mask(case, "segmentation", model)
    path = project.layout.prediction_maps(case, "segmentation", model)
    mask.parent.mkdir(parents=True, exist_ok=True)
    mask.write_bytes(b"mask")
    project.predictions.write_maps(path, maps or Maps(Shares.of(np.full((2, 1, 2, 2), 0.5, np.float32)), None))
    new = NewPrediction(case, SCORE, "2 structures", mask, path)
    project.predictions.replace("segmentation", model, [new])
    return _stored(project, case, model)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(probabilities=SHARES, with_map=st.booleans())
def test_maps_come_back_within_half_a_step(project: Project, probabilities: np.ndarray, with_map: bool) -> None:
    uncertainty = probabilities[0] if with_map else None
    shares = None if uncertainty is None else Shares.of(uncertainty)
    found = project.predictions.maps(_enter(project, "case1", 1, Maps(Shares.of(probabilities), shares)))
    assert found is not None
    assert found.probabilities.shape == probabilities.shape
    assert np.abs(found.probabilities[...] - probabilities).max() <= 0.5 / 255 + 1e-6
    assert (found.uncertainty is not None) == with_map
    if found.uncertainty is not None and uncertainty is not None:
        assert np.abs(found.uncertainty[...] - uncertainty).max() <= 0.5 / 255 + 1e-6


def test_scores_come_back(project: Project) -> None:
    found = _enter(project, "case1", 3)
    assert (found.score, found.overview, found.model, found.class_value) == (SCORE, "2 structures", 3, None)


def test_a_value_comes_back_with_its_spread_and_needs_no_maps(project: Project) -> None:
    new = NewPrediction("case1", CaseScore(0.1, (), (), "why"), "63.5 years", value=63.5, spread=1.25)
    project.predictions.replace("segmentation", 1, [new])
    found = _stored(project, "case1", 1)
    assert (found.value, found.spread, found.has_maps, found.is_whole) == (63.5, 1.25, False, True)


def test_a_prediction_takes_the_place_of_the_earlier_one_of_its_model(project: Project) -> None:
    _enter(project, "case1", 1)
    _enter(project, "case1", 2)
    new = NewPrediction("case1", CaseScore(0.75, (), (), "again"), "none", class_value=0)
    project.predictions.replace("segmentation", 2, [new])
    assert (_stored(project, "case1", 2).score.uncertainty, _stored(project, "case1", 2).class_value) == (0.75, 0)
    assert _stored(project, "case1", 1).score == SCORE
    assert project.predictions.by("other", 1) == {}


def test_pruning_keeps_the_maps_of_one_model_and_every_mask(project: Project) -> None:
    old, kept = _enter(project, "case1", 1), _enter(project, "case1", 2)
    project.predictions.prune_maps("other", keep=9)
    assert project.predictions.maps(old) is not None
    project.predictions.prune_maps("segmentation", keep=2)
    assert project.predictions.maps(old) is None
    assert project.predictions.maps(kept) is not None
    assert all(entry.mask is not None and entry.mask.exists() for entry in (old, kept))
    assert _stored(project, "case1", 1).score == SCORE


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", b"text"])
def test_damaged_maps_are_said(project: Project, content: bytes) -> None:
    found = _enter(project, "case1", 1)
    assert found.maps is not None
    Path(found.maps).write_bytes(content)
    with pytest.raises(ProjectError, match="predict again to replace it") as refusal:
        project.predictions.maps(found)
    assert str(found.maps) in str(refusal.value)


def test_maps_are_read_after_their_file_has_gone(project: Project) -> None:
    """A reader has the case open while a new model takes over."""
    stored = _enter(project, "case1", 1)
    found = project.predictions.maps(stored)
    assert found is not None
    project.predictions.prune_maps("segmentation", keep=2)
    assert not stored.has_maps
    assert found.probabilities[0].shape == (1, 2, 2)
    assert np.allclose(found.probabilities[...], 0.5, atol=0.5 / 255)


def test_damage_further_in_is_said_when_it_is_unpacked(project: Project) -> None:
    random = np.random.default_rng(0).random((2, 8, 16, 16), dtype=np.float32)
    stored = _enter(project, "case1", 1, Maps(Shares.of(random), None))
    assert stored.maps is not None
    content = bytearray(stored.maps.read_bytes())
    content[len(content) // 2] ^= 0xFF
    stored.maps.write_bytes(bytes(content))
    found = project.predictions.maps(stored)
    assert found is not None
    with pytest.raises(ProjectError, match="predict again to replace it"):
        found.probabilities[...]


def test_archives_of_numpy_are_read_and_ours_by_numpy(project: Project, tmp_path: Path) -> None:
    """Those written before this program wrote its own."""
    values = np.arange(16, dtype=np.uint8).reshape(2, 2, 2, 2)
    stored = _enter(project, "case1", 1)
    assert stored.maps is not None
    with np.load(stored.maps) as arrays:
        assert (arrays["probabilities"] == 128).all()
    np.savez_compressed(stored.maps, probabilities=values)
    found = project.predictions.maps(stored)
    assert found is not None
    assert (found.probabilities.bytes == values).all()
    assert found.uncertainty is None
