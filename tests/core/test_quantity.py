import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.core.quantity import Quantity
from napari_medal.errors import SettingsError

AGE = Quantity("age", "years", 0.0, 120.0)
numbers = st.floats(-1e6, 1e6)


def test_words():
    assert (str(AGE), AGE.title, AGE.in_words(63.46)) == ("age (years), 0 to 120", "age (years)", "63.5 years")
    score = Quantity("score", "", 1.0, 5.0)
    assert (str(score), score.in_words(2.5)) == ("score, 1 to 5", "2.500")
    assert Quantity("dose", "mGy", 0.0, 2000.0).in_words(1234.4) == "1234 mGy"


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (2.0, 1.0), (math.nan, 1.0), (0.0, math.inf)])
def test_a_range_has_two_ends(low: float, high: float):
    with pytest.raises(SettingsError, match="wanted a lower number first"):
        Quantity("age", "years", low, high)


def test_a_quantity_has_a_name():
    with pytest.raises(SettingsError, match="needs a name"):
        Quantity(" ", "years", 0.0, 1.0)


@pytest.mark.parametrize("value", [-0.1, 120.5, math.nan, math.inf])
def test_what_lies_outside_is_refused_by_name(value: float):
    with pytest.raises(SettingsError, match=r"^case_1: found .*; wanted age from 0 to 120 years\.$"):
        AGE.require(value, "case_1")


@given(numbers, st.floats(1e-3, 1e6), st.lists(numbers, min_size=1))
def test_shares_and_the_range(low, width, values):
    quantity = Quantity("x", "", low, low + width)
    array = np.array(values, dtype=np.float32)
    shares, clipped = quantity.to_shares(array), quantity.clip(array)
    assert ((shares >= 0) & (shares <= 1)).all()
    assert (clipped >= np.float32(quantity.low)).all()
    assert (clipped <= np.float32(quantity.high)).all()
    assert quantity.require(quantity.low, "low") == quantity.low


def test_shares_of_the_range():
    np.testing.assert_allclose(AGE.to_shares(np.array([-5, 0, 30, 120, 130], np.float32)), [0, 0, 0.25, 1, 1])
