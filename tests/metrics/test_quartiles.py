import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.metrics.quartiles import quartiles


@given(values=st.lists(st.integers(-5, 5), min_size=1, max_size=40))
def test_equal_values_stay_together_and_larger_ones_are_never_below(values):
    found = quartiles(np.array(values, dtype=float))
    for value, quarter in zip(values, found, strict=True):
        for other, its in zip(values, found, strict=True):
            assert (value >= other) <= (quarter >= its)
    assert set(found.tolist()) <= {0, 1, 2, 3}


def test_values_that_differ_are_cut_in_four_of_a_size():
    found = quartiles(np.random.default_rng(0).permutation(20).astype(float))
    assert np.bincount(found).tolist() == [5, 5, 5, 5]


def test_what_equals_a_quartile_is_below_it():
    assert quartiles(np.array([1.0, 2.0, 3.0, 4.0, 5.0])).tolist() == [0, 0, 1, 2, 3]
    assert quartiles(np.array([1.0, 1.0, 1.0, 1.0, 5.0])).tolist() == [0, 0, 0, 0, 3]
    assert quartiles(np.zeros(0)).tolist() == []
