import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy.ndimage import binary_dilation

from napari_medal.uncertainty.dilation import dilate


@given(arrays(bool, array_shapes(min_dims=1, max_dims=3, max_side=6)), st.integers(0, 3))
def test_equals_binary_dilation_by_the_cross(region, voxels):
    before = region.copy()
    expected = binary_dilation(region, iterations=voxels) if voxels else region
    np.testing.assert_array_equal(dilate(region, voxels), expected)
    np.testing.assert_array_equal(region, before)
