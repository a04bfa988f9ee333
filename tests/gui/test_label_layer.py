"""The layer that a reader draws on, alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_medal.core.stroke import Stroke
from napari_medal.edit.permit import Permit
from napari_medal.gui.label_layer import LabelLayer, stroke_of

_SHAPE = (6, 20, 24)
_POINTS = st.tuples(st.integers(0, 5), st.integers(0, 19), st.integers(0, 23))


def _layer() -> LabelLayer:
    layer = LabelLayer(np.zeros(_SHAPE, np.uint8), scale=(3.0, 1.0, 1.0))
    layer.n_edit_dimensions = 3
    layer.brush_size = 7
    return layer


@settings(deadline=None, max_examples=30)
@given(points=st.lists(st.tuples(_POINTS, st.integers(0, 3)), min_size=1, max_size=6))
def test_a_brush_stroke_is_told_whole(points):
    layer = _layer()
    before = layer.data.copy()
    told = []
    layer.events.stroked.connect(lambda event: told.append(event.steps))

    with layer.block_history():
        for point, label in points:
            layer.paint(point, label)
    replayed = before.copy()
    for steps in told:
        stroke_of(steps, _SHAPE).apply(replayed)

    assert np.array_equal(replayed, layer.data)
    assert len(told) <= 1


def test_polygon_and_fill_are_told_too_each_under_its_name():
    layer = _layer()
    layer.n_edit_dimensions = 2
    told = []
    layer.events.stroked.connect(lambda event: told.append(stroke_of(event.steps, _SHAPE, event.title)))

    layer.mode = "polygon"
    layer.paint_polygon([(2, 3, 3), (2, 3, 12), (2, 12, 12)], 1)
    layer.mode = "fill"
    layer.fill((2, 4, 9), 2)
    assert [stroke.title for stroke in told] == ["Polygon", "Fill"]

    replayed = np.zeros(_SHAPE, np.uint8)
    for stroke in told:
        stroke.apply(replayed)
    assert len(told) == 2
    assert np.array_equal(replayed, layer.data)


def test_a_drawn_stroke_is_one_step_and_comes_off():
    layer = _layer()
    stroke = Stroke(np.array([5, 700]), np.zeros(2, np.uint8), np.array([1, 2], np.uint8), "Smooth")
    told = []
    layer.events.stroked.connect(lambda event: told.append(event.title))
    layer.events.undone.connect(lambda: told.append("undone"))
    layer.events.redone.connect(lambda: told.append("redone"))

    layer.draw(stroke)
    assert layer.data.reshape(-1)[[5, 700]].tolist() == [1, 2]
    layer.undo()
    assert not layer.data.any()
    layer.redo()
    assert layer.data.reshape(-1)[[5, 700]].tolist() == [1, 2]
    layer.undo()
    layer.undo()

    assert told == ["Smooth", "undone", "redone", "undone"]


def test_a_mask_comes_with_the_steps_that_led_to_it():
    first = Stroke(np.array([1, 2]), np.zeros(2, np.uint8), np.ones(2, np.uint8))
    second = Stroke(np.array([2, 3]), np.array([1, 0], np.uint8), np.array([2, 2], np.uint8))
    undone = Stroke(np.array([9]), np.zeros(1, np.uint8), np.ones(1, np.uint8))
    mask = np.zeros(_SHAPE, np.uint8)
    first.apply(mask)
    second.apply(mask)
    layer = _layer()

    layer.show_mask(mask, [first, second], [undone])
    assert (layer.undo_steps, layer.redo_steps) == (2, 1)
    layer.undo()
    assert layer.data.reshape(-1)[:4].tolist() == [0, 1, 1, 0]
    layer.undo()
    assert not layer.data.any()
    layer.redo()
    layer.redo()
    layer.redo()

    assert layer.data.reshape(-1)[[1, 2, 3, 9]].tolist() == [1, 2, 2, 1]


@pytest.mark.parametrize("draw", ["paint", "fill", "polygon"])
def test_nothing_is_drawn_where_it_is_not_allowed(draw):
    layer = _layer()
    layer.n_edit_dimensions = 2
    layer.image = np.broadcast_to(np.arange(24), _SHAPE)
    layer.data[:, 10:, :] = 3
    layer.permit = Permit(protected=frozenset({3}), window=(4.0, 9.0))

    if draw == "paint":
        layer.brush_size = 40
        layer.paint((2, 10, 8), 1)
    elif draw == "fill":
        layer.fill((2, 3, 3), 1)
    else:
        layer.paint_polygon([(2, 0, 0), (2, 0, 23), (2, 19, 23), (2, 19, 0)], 1)

    drawn = np.argwhere(layer.data == 1)
    assert drawn.size
    assert set(drawn[:, 0]) == {2}
    assert drawn[:, 1].max() < 10
    assert set(drawn[:, 2]) <= set(range(4, 10))


def test_two_layers_draw_on_one_mask_with_one_history():
    layer, twin = _layer(), _layer()
    twin.share(layer)

    twin.paint((2, 5, 5), 1)
    assert layer.data[2, 5, 5] == 1
    layer.undo()

    assert not twin.data.any()
    assert twin.redo_steps == 1
