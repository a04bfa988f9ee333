from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.core.slice_ranges import as_flags, from_words, in_words, merged
from napari_medal.errors import GeometryError

SLICES = 20
RANGES = st.lists(
    st.tuples(st.integers(0, SLICES - 1), st.integers(0, SLICES - 1)).map(lambda pair: (min(pair), max(pair))),
    min_size=1,
    max_size=5,
)


@given(RANGES)
def test_merging_keeps_the_slices_and_words_come_back(ranges: list[tuple[int, int]]) -> None:
    wanted = np.zeros(SLICES, dtype=bool)
    for first, last in ranges:
        wanted[first : last + 1] = True
    found = merged(ranges, SLICES)
    assert (as_flags(found, SLICES) == wanted).all()
    assert (found is None) == wanted.all()
    if found is not None:
        assert all(late[0] > early[1] + 1 for early, late in pairwise(found))
        assert tuple(from_words(in_words(found))) == found


def test_words_count_from_one() -> None:
    assert in_words(((9, 23), (29, 29))) == "10-24, 30"
    assert from_words(" 10-24,30") == [(9, 23), (29, 29)]


@pytest.mark.parametrize("text", ["", "a", "3-", "-3", "3-4-5", "3;4", "1.5"])
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(GeometryError, match="counted from 1"):
        from_words(text)


@pytest.mark.parametrize("ranges", [[], [(5, 4)], [(-1, 3)], [(0, SLICES)]])
def test_slices_that_are_not_there_are_refused(ranges: list[tuple[int, int]]) -> None:
    with pytest.raises(GeometryError, match="wanted"):
        merged(ranges, SLICES)
