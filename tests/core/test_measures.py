"""Rulers, volumes of labels, and masks made small."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from napari_medal.core.label_volume import label_volumes
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.ruler import Ruler
from napari_medal.core.thinned import thinned

_SCHEME = LabelScheme((LabelClass(3, "nodule", "#ff0000"), LabelClass(7, "cyst", "#00ff00")))
_MASKS = hnp.arrays(
    np.uint8, hnp.array_shapes(min_dims=3, max_dims=3, max_side=9), elements=st.sampled_from([0, 0, 0, 3, 7])
)


@given(_MASKS, st.floats(0.01, 50))
def test_volumes_are_counts_times_the_voxel(mask, voxel_mm3):
    nodule, cyst = label_volumes(mask, voxel_mm3, _SCHEME)
    assert (nodule.name, nodule.voxels) == ("nodule", np.count_nonzero(mask == 3))
    assert cyst.voxels == np.count_nonzero(mask == 7)
    assert nodule.mm3 == pytest.approx(nodule.voxels * voxel_mm3)
    assert nodule.ml == pytest.approx(nodule.mm3 / 1000)


@given(_MASKS)
def test_a_mask_that_is_small_enough_is_only_cropped(mask):
    small = thinned(mask, most=9)
    if not mask.any():
        assert small is None
        return
    assert small is not None
    assert small.step == (1, 1, 1)
    whole = np.zeros(tuple(side + 2 for side in mask.shape), dtype=np.uint8)
    place = tuple(slice(c + 1, c + 1 + n) for c, n in zip(small.corner, small.array.shape, strict=True))
    whole[place] = small.array
    np.testing.assert_array_equal(whole[1:-1, 1:-1, 1:-1], mask)
    assert not np.concatenate([face.ravel() for face in (small.array[0], small.array[-1])]).any()


@given(_MASKS, st.integers(1, 5))
def test_what_is_thinned_fits_and_holds_the_voxels_it_says(mask, most):
    small = thinned(mask, most)
    if small is None:
        return
    assert max(small.array.shape) <= most + 2
    for index in np.argwhere(small.array):
        at = tuple(int(c + s * i) for c, s, i in zip(small.corner, small.step, index, strict=True))
        assert mask[at] == small.array[tuple(index)]


def test_a_ruler_measures_and_lies_in_its_slice_alone():
    ruler = Ruler((6.0, 0.0, 0.0), (6.0, 3.0, 4.0), (3.0, 1.0, 1.0))
    assert ruler.length_mm == pytest.approx(5.0)
    assert ruler.lies_in(0, 7.0)
    assert not ruler.lies_in(0, 9.0)
    assert not ruler.lies_in(1, 0.0)
