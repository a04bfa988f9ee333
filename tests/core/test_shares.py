import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from napari_medal.core.shares import Bytes, Shares

NUMBERS = hnp.arrays(
    np.float32, hnp.array_shapes(min_dims=1, max_dims=4, max_side=5), elements=st.floats(0, 1, width=32)
)


@given(numbers=NUMBERS, data=st.data())
def test_any_part_is_the_part_of_the_whole(numbers: np.ndarray, data: st.DataObject) -> None:
    shares = Shares.of(numbers)
    whole = shares[...]
    assert whole.dtype == np.float32
    assert np.abs(whole - numbers).max() <= 0.5 / 255 + 1e-6
    assert np.array_equal(np.asarray(shares), whole)
    assert (shares.shape, shares.ndim, len(shares)) == (whole.shape, whole.ndim, len(whole))
    index = data.draw(hnp.basic_indices(numbers.shape, allow_newaxis=False))
    assert np.array_equal(np.asarray(shares[index]), whole[index])
    assert all(np.array_equal(np.asarray(part), known) for part, known in zip(shares, whole, strict=True))


def test_nothing_is_read_before_it_is_wanted_and_then_once() -> None:
    read: list[int] = []

    def bytes_of_two() -> Bytes:
        read.append(1)
        return np.full((2, 3, 4), 51, dtype=np.uint8)

    shares = Shares((2, 3, 4), bytes_of_two)
    part = shares[1]
    assert (part.shape, read) == ((3, 4), [])
    assert part[0, 0] == pytest.approx(0.2)
    assert shares[0, 1:, ::2].tolist() == [[pytest.approx(0.2)] * 2] * 2
    assert read == [1]


def test_what_lies_outside_is_cut_to_the_range_and_parts_that_are_not_there_are_refused() -> None:
    shares = Shares.of(np.array([[-0.5, 1.5]], dtype=np.float32))
    assert shares.bytes.tolist() == [[0, 255]]
    with pytest.raises(IndexError, match="Found the index 1; there are 1 parts"):
        shares[1]
    with pytest.raises(ValueError, match="copy=False"):
        np.asarray(shares, copy=False)
