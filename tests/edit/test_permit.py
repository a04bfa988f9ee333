"""Where drawing is allowed."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from napari_medal.core.stroke import Stroke
from napari_medal.edit.permit import Permit

_MASKS = arrays(np.uint8, (3, 4, 5), elements=st.integers(0, 3))
_IMAGES = arrays(np.int16, (3, 4, 5), elements=st.integers(-100, 100))
_ALL = (slice(0, 3), slice(0, 4), slice(0, 5))


@given(mask=_MASKS, wanted=_MASKS, image=_IMAGES)
def test_protected_labels_and_other_intensities_stay(mask, wanted, image):
    permit = Permit(protected=frozenset({2}), window=(-20.0, 30.0))
    drawn = mask.copy()

    permit.limit(Stroke.between(mask, wanted, _ALL, (3, 4, 5), "Test"), image).apply(drawn)

    allowed = (mask != 2) & (image >= -20) & (image <= 30)
    assert np.array_equal(drawn[allowed], wanted[allowed])
    assert np.array_equal(drawn[~allowed], mask[~allowed])


def test_a_closed_permit_keeps_nothing():
    stroke = Stroke(np.array([1, 5]), np.zeros(2, np.uint8), np.ones(2, np.uint8))
    permit = Permit(is_closed=True)
    assert not permit.is_open
    assert len(permit.limit(stroke, np.zeros((3, 4, 5)))) == 0


@given(mask=_MASKS, wanted=_MASKS, image=_IMAGES)
def test_an_open_permit_keeps_the_stroke_whole(mask, wanted, image):
    stroke = Stroke.between(mask, wanted, _ALL, (3, 4, 5), "Test")

    assert Permit().is_open
    assert Permit().limit(stroke, image) is stroke
