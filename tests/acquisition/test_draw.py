import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from napari_medal.acquisition.draw import draw


@given(st.text(), st.integers(), st.integers())
def test_lies_inside_0_and_1_and_repeats(case, first, second):
    assert 0.0 < draw(case, first, second) < 1.0
    assert draw(case, first, second) == draw(case, first, second)


def test_is_uniform():
    assert kstest([draw(f"case{n}", 1) for n in range(2000)], "uniform").pvalue > 0.01


def test_seeds_are_independent():
    pairs = np.array([[draw(f"case{n}", 1), draw(f"case{n}", 2)] for n in range(2000)])
    assert abs(np.corrcoef(pairs.T)[0, 1]) < 0.06
