import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from napari_medal.edit.difference import Difference, count_differences, differences

_MASKS = hnp.arrays(np.uint8, (3, 4, 5), elements=st.integers(0, 4))


@given(before=_MASKS, after=_MASKS)
def test_every_voxel_is_told_for_what_became_of_it(before, after):
    codes = differences(before, after)
    assert codes.dtype == np.uint8
    for old, new, code in zip(before.flat, after.flat, codes.flat, strict=True):
        if old == new:
            assert code == Difference.SAME
        elif old == 0:
            assert code == Difference.ADDED
        elif new == 0:
            assert code == Difference.REMOVED
        else:
            assert code == Difference.RELABELLED


@given(before=_MASKS, after=_MASKS)
def test_gains_and_losses_add_up(before, after):
    found = {count.value: count for count in count_differences(before, after)}
    assert 0 not in found
    for value in range(1, 5):
        gained = int(((after == value) & (before != value)).sum())
        lost = int(((before == value) & (after != value)).sum())
        count = found.get(value)
        assert (gained, lost) == ((0, 0) if count is None else (count.gained, count.lost))
