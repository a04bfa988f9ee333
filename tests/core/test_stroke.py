"""Strokes go on and come off."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from napari_medal.core.stroke import Stroke
from napari_medal.errors import GeometryError

_BOX = (slice(1, 4), slice(0, 2), slice(2, 6))
_MASKS = arrays(np.uint8, (5, 4, 7), elements=st.integers(0, 3))
_CONTENTS = arrays(np.uint8, (3, 2, 4), elements=st.integers(0, 3))


@given(mask=_MASKS, content=_CONTENTS)
def test_what_is_drawn_in_a_box_is_drawn_there_and_comes_off_again(mask, content):
    before = mask.copy()
    wanted = mask.copy()
    wanted[_BOX] = content

    stroke = Stroke.between(mask[_BOX], content, _BOX, mask.shape, "Test")
    stroke.apply(mask)

    assert np.array_equal(mask, wanted)
    stroke.revert(mask)
    assert np.array_equal(mask, before)


@given(mask=_MASKS, content=_CONTENTS)
def test_a_stroke_holds_each_changed_voxel_once_in_order(mask, content):
    stroke = Stroke.between(mask[_BOX], content, _BOX, mask.shape, "Test")

    assert len(stroke) == np.count_nonzero(mask[_BOX] != content)
    assert (np.diff(stroke.voxels) > 0).all()
    assert (stroke.before != stroke.after).all()
    assert np.array_equal(stroke.values_of(mask), stroke.before)


@given(mask=_MASKS, content=_CONTENTS, data=st.data())
def test_the_part_that_is_kept_is_all_that_is_drawn(mask, content, data):
    stroke = Stroke.between(mask[_BOX], content, _BOX, mask.shape, "Test")
    keep = data.draw(arrays(np.bool_, len(stroke)))
    drawn = mask.copy()

    stroke.only(keep).apply(drawn)

    changed = np.flatnonzero(drawn.reshape(-1) != mask.reshape(-1))
    assert np.array_equal(changed, stroke.voxels[keep])


def test_contents_of_two_shapes_are_refused():
    with pytest.raises(GeometryError, match="one shape"):
        Stroke.between(np.zeros((3, 2, 4), np.uint8), np.zeros((3, 2, 5), np.uint8), _BOX, (5, 4, 7), "Test")


def test_a_stroke_without_a_value_for_each_voxel_is_refused():
    with pytest.raises(GeometryError, match="each voxel"):
        Stroke(np.arange(3), np.zeros(2, np.uint8), np.ones(3, np.uint8))
