"""Places worth looking at."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.uncertainty.places import GAP, MOST, SHARE_OF_HIGHEST, worth_looking

_SLICES = st.lists(st.floats(0, 1, width=32), max_size=60)


@given(per_slice=_SLICES)
def test_places_are_uncertain_apart_and_ordered(per_slice):
    places = worth_looking(per_slice)

    slices = sorted(place.slice_index for place in places)
    assert all(after - before >= GAP for before, after in pairwise(slices))
    found = [place.uncertainty for place in places]
    assert found == sorted(found, reverse=True)
    assert found == [per_slice[place.slice_index] for place in places]
    assert len(places) <= MOST
    if any(value > 0 for value in per_slice):
        assert found[0] == max(per_slice)
        assert found[-1] >= SHARE_OF_HIGHEST * max(per_slice)
    else:
        assert places == ()


@given(per_slice=_SLICES)
def test_no_slice_that_is_uncertain_enough_lies_far_from_every_place(per_slice):
    places = worth_looking(per_slice)
    if len(places) == MOST:
        return
    for index, value in enumerate(per_slice):
        if value > 0 and value >= SHARE_OF_HIGHEST * max(per_slice):
            assert any(abs(place.slice_index - index) < GAP for place in places)


def test_a_place_knows_its_most_uncertain_voxel():
    uncertainty = np.zeros((3, 4, 5), np.float32)
    uncertainty[1, 2, 3] = 0.9
    uncertainty[1, 0, 0] = 0.4

    (place,) = worth_looking([0.0, 0.6, 0.0], uncertainty)

    assert place.index == (1, 2, 3)
