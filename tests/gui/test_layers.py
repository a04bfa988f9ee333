from pathlib import Path

import numpy as np
import pytest

from napari_medal.core.case import Case, CaseState, Split
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.score import CaseScore
from napari_medal.core.volume import Volume
from napari_medal.gui.layers import CaseLayers
from napari_medal.loop.opening import OpenedCase, Origin

SCHEME = LabelScheme((LabelClass(3, "nodule", "#ff0000"), LabelClass(5, "cyst", "#00ff00")))


def opened(shape=(6, 8, 10), *, channels=1, per_slice=(), prediction=True, value=3) -> OpenedCase:
    grid = Grid(shape, np.diag([2.0, 1.0, 0.5, 1.0]))
    images = tuple(Volume(np.arange(np.prod(shape), dtype=np.int16).reshape(shape), grid) for _ in range(channels))
    mask = np.zeros(shape, dtype=np.uint8)
    mask[shape[0] // 3, 2:4, 2:4] = value
    score = CaseScore(0.5, (0.5, 0.5), per_slice, "edge unsure") if per_slice else None
    paths = tuple(grid_path for grid_path in ("t1.nii.gz", "flair.nii.gz")[:channels])
    return OpenedCase(
        case=Case("exam", "subject", Split.UNDRAWN, CaseState.PREDICTED, tuple(Path(name) for name in paths)),
        task="segmentation",
        volumes=images,
        windows=((1.0, 90.0),) * channels,
        ranges=((0.0, 100.0),) * channels,
        first_slice=shape[0] // 3,
        origin=Origin.PREDICTION,
        mask=mask.copy(),
        class_value=None,
        prediction=mask if prediction else None,
        uncertainty=np.zeros(shape, dtype=np.uint8) if prediction else None,
        probabilities=None,
        score=score,
        overview="",
        started_from=1,
        seconds_spent=0.0,
    )


@pytest.fixture
def changes():
    return []


@pytest.fixture
def layers(make_napari_viewer, changes):
    return CaseLayers(make_napari_viewer(), changes.append)


def test_a_case_becomes_layers_in_millimetres(layers):
    layers.show(opened(), SCHEME)
    names = [layer.name for layer in layers.viewer.layers]
    assert names == ["exam", "uncertainty", "prediction", "label"]
    assert all(tuple(layer.scale) == (2.0, 1.0, 0.5) for layer in layers.viewer.layers)
    assert [layer.visible for layer in layers.viewer.layers] == [True, False, False, True]
    assert tuple(layers.viewer.layers["exam"].contrast_limits) == (1.0, 90.0)
    assert layers.viewer.layers.selection.active is layers.label


def test_the_label_is_ready_to_be_drawn_in_the_schemes_colours(layers):
    layers.show(opened(), SCHEME)
    label = layers.label
    assert (label.mode, label.n_edit_dimensions, label.selected_label) == ("paint", 2, 3)
    np.testing.assert_allclose(label.colormap.map(5), (0, 1, 0, 1), atol=0.01)
    assert "label: nodule" in label.get_status((4.0, 2.0, 1.0), world=True)["value"]


def test_the_first_slice_comes_up(layers):
    layers.show(opened(), SCHEME)
    assert layers.viewer.dims.current_step[0] == 2


def test_a_picture_works_too(layers):
    layers.show(opened((1, 8, 10)), SCHEME)
    layers.label.paint((0, 1, 1), 5)
    assert layers.mask()[0, 1, 1] == 5


def test_channels_are_named_after_their_files(layers):
    layers.show(opened(channels=2), SCHEME)
    assert [layer.name for layer in layers.viewer.layers][:2] == ["t1", "flair"]
    assert not layers.viewer.layers["flair"].visible


def test_strokes_fills_undo_and_redo_are_changes(layers, changes):
    layers.show(opened(), SCHEME)
    for act in (
        lambda: layers.label.paint((1, 1, 1), 5),
        lambda: layers.label.fill((2, 2, 2), 5),
        lambda: layers.label.undo(),
        lambda: layers.label.redo(),
    ):
        changes.clear()
        act()
        assert changes


def test_looking_around_is_no_change(layers, changes):
    layers.show(opened(), SCHEME)
    layers.viewer.dims.set_current_step(0, 5)
    layers.set_label_visible(False)
    layers.show(opened(), SCHEME)
    assert not changes


def test_the_mask_is_a_copy(layers):
    layers.show(opened(), SCHEME)
    layers.mask()[...] = 5
    assert layers.label.data.max() == 3


def test_toggles_hold_for_the_next_case(layers):
    layers.show(opened(), SCHEME)
    layers.set_prediction_visible(True)
    layers.set_uncertainty_visible(True)
    layers.label.brush_size = 7
    layers.label.selected_label = 5
    layers.show(opened(), SCHEME)
    assert layers.viewer.layers["prediction"].visible
    assert layers.viewer.layers["uncertainty"].visible
    assert (layers.label.brush_size, layers.label.selected_label) == (7, 5)


def test_the_users_layers_stay(layers):
    own = layers.viewer.add_points(np.zeros((1, 3)), name="label")
    layers.show(opened(), SCHEME)
    layers.show(opened(), SCHEME)
    layers.clear()
    assert list(layers.viewer.layers) == [own]


def test_the_next_case_fills_the_same_layers_anew(layers, changes):
    layers.show(opened(), SCHEME)
    made = list(layers.viewer.layers)
    layers.label.paint((2, 2, 2), 5)
    drawn = layers.mask()
    first = layers.label.data
    changes.clear()

    layers.show(opened((9, 12, 7), value=5), SCHEME)

    assert list(layers.viewer.layers) == made
    assert changes == [], "filling is no stroke"
    assert layers.label.mode == "paint", "the brush stays in hand"
    assert layers.label.data.shape == (9, 12, 7)
    assert set(np.unique(layers.label.data)) == {0, 5}
    np.testing.assert_array_equal(first, drawn, "the last case's mask is not drawn over")
    before = layers.mask()
    layers.label.undo()
    np.testing.assert_array_equal(layers.mask(), before, "undo does not reach into the last case")
    layers.label.paint((3, 3, 3), 3)
    assert changes


def test_a_case_of_another_kind_gets_layers_of_its_own(layers):
    layers.show(opened(), SCHEME)
    layers.show(opened(prediction=False), SCHEME)
    assert [layer.name for layer in layers.viewer.layers] == ["exam", "label"]
    layers.show(opened(channels=2), SCHEME)
    assert [layer.name for layer in layers.viewer.layers] == ["t1", "flair", "uncertainty", "prediction", "label"]


def test_a_layer_taken_away_comes_back_with_the_next_case(layers):
    layers.show(opened(), SCHEME)
    layers.viewer.layers.remove(layers.label)
    layers.show(opened(), SCHEME)
    assert layers.label is not None
