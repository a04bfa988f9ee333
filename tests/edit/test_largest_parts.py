import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from napari_medal.edit.largest_parts import largest_parts


def test_the_largest_part_of_each_label_stays() -> None:
    mask = np.zeros((3, 6, 6), dtype=np.uint8)
    mask[0, 0, :3] = 1
    mask[2, 4, 1:5] = 1
    mask[1, 2, 0] = 7
    mask[1, 4, 0:2] = 7
    kept = largest_parts(mask)
    assert np.argwhere(kept == 1).tolist() == [[2, 4, x] for x in range(1, 5)]
    assert np.argwhere(kept == 7).tolist() == [[1, 4, 0], [1, 4, 1]]


def test_parts_that_touch_at_an_edge_alone_are_two() -> None:
    mask = np.zeros((1, 4, 4), dtype=np.uint8)
    mask[0, 0, 0] = 1
    mask[0, 1, 1:3] = 1
    assert largest_parts(mask).tolist() == [[[0, 0, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]]]


@given(seed=st.integers(0, 10_000), share=st.floats(0.0, 0.7))
def test_nothing_is_added_and_one_part_of_each_label_is_left(seed: int, share: float) -> None:
    random = np.random.default_rng(seed)
    mask = (random.integers(1, 4, (4, 6, 5)) * (random.random((4, 6, 5)) < share)).astype(np.uint8)
    kept = largest_parts(mask)
    assert ((kept == mask) | (kept == 0)).all()
    for label in range(1, 4):
        parts, count = ndimage.label(kept == label)
        assert count == bool((mask == label).any())
        largest = np.bincount(ndimage.label(mask == label)[0].ravel())[1:].max(initial=0)
        assert np.count_nonzero(parts) == largest
