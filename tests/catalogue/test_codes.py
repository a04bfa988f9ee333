import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from napari_medal.catalogue.mask_code import decode_mask, encode_mask
from napari_medal.catalogue.stroke_code import decode_stroke, encode_stroke
from napari_medal.core.stroke import Stroke

_SHAPES = hnp.array_shapes(min_dims=3, max_dims=3, min_side=1, max_side=7)


@given(mask=hnp.arrays(np.uint8, _SHAPES, elements=st.integers(0, 255), fill=st.just(0)))
def test_a_mask_comes_back(mask):
    assert np.array_equal(decode_mask(encode_mask(mask), mask.shape), mask)


def test_a_mask_that_is_all_edges_is_kept_by_its_voxels():
    mask = np.arange(4096, dtype=np.uint32).astype(np.uint8).reshape(16, 16, 16)
    found = decode_mask(encode_mask(mask), mask.shape)
    assert np.array_equal(found, mask)
    assert found.flags.writeable


def test_runs_longer_than_a_piece_are_found():
    mask = np.zeros((3, 2048, 2048), np.uint8)
    mask[1, 5:, :7] = 3
    mask[2] = 1
    assert np.array_equal(decode_mask(encode_mask(mask), mask.shape), mask)


@pytest.mark.parametrize("shape", [(2, 2, 3), (4, 4, 4)])
def test_another_shape_is_no_mask(shape):
    with pytest.raises(ValueError, match=r"reshape|buffer"):
        decode_mask(encode_mask(np.zeros((2, 2, 2), np.uint8)), shape)


@given(
    voxels=st.sets(st.integers(0, 2**40), max_size=60) | st.integers(0, 2**33).map(lambda a: set(range(a, a + 300))),
    title=st.text(max_size=20),
    seed=st.integers(0, 9),
)
def test_a_stroke_comes_back(voxels, title, seed):
    rng = np.random.default_rng(seed)
    before, after = rng.integers(0, 256, (2, len(voxels)), dtype=np.uint8)
    stroke = Stroke(np.array(sorted(voxels), np.int64), before, after, title)
    found = decode_stroke(encode_stroke(stroke))
    assert np.array_equal(found.voxels, stroke.voxels)
    assert np.array_equal(found.before, before)
    assert np.array_equal(found.after, after)
    assert found.title == title
