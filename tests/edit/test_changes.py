import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.edit.changes import changed_voxels


@given(st.sets(st.integers(0, 59), max_size=20))
def test_counts_each_voxel_that_differs_once(positions):
    before = np.ones((3, 4, 5), dtype=np.uint8)
    after = before.copy()
    after.reshape(-1)[sorted(positions)] = 2
    assert changed_voxels(before, after) == len(positions)
    assert changed_voxels(after, before) == len(positions)
