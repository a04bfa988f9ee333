import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.metrics.bonferroni import bonferroni
from napari_medal.metrics.holm import holm


@given(p_values=st.lists(st.floats(0, 1), max_size=12))
def test_is_never_below_holms(p_values):
    assert all(blunt >= fine for blunt, fine in zip(bonferroni(p_values), holm(p_values), strict=True))


def test_multiplies_by_the_number_of_tests():
    assert bonferroni([0.004, 0.3, 0.5, 0.02]) == pytest.approx((0.016, 1.0, 1.0, 0.08))
