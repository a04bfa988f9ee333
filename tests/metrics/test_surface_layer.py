import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage

from napari_medal.metrics.surface_layer import surface_layer


@given(hnp.arrays(np.bool_, hnp.array_shapes(min_dims=3, max_dims=3, max_side=6), elements=st.booleans()))
def test_a_region_and_its_surroundings_each_have_a_layer_one_voxel_thick(region: np.ndarray) -> None:
    cross = ndimage.generate_binary_structure(3, 1)
    inner = region & ~ndimage.binary_erosion(region, cross, border_value=1)
    outer = ~region & ndimage.binary_dilation(region, cross)
    assert (surface_layer(region.astype(np.uint8)) == (inner | outer)).all()


def test_labels_that_touch_have_one_between_them() -> None:
    mask = np.ones((1, 1, 6), dtype=np.uint8)
    mask[..., 3:] = 2
    assert np.flatnonzero(surface_layer(mask)[0, 0]).tolist() == [2, 3]
