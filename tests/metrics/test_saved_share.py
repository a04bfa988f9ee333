import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.metrics.saved_share import Effort, saved_share

POSITIVE = st.floats(0.1, 10)
EFFORTS = st.lists(st.tuples(POSITIVE, POSITIVE), min_size=1, max_size=12).map(
    lambda pairs: Effort(tuple(minutes for minutes, _ in pairs), tuple(found for _, found in pairs))
)


def test_twice_the_error_in_the_same_time_saves_half() -> None:
    others = Effort((1.0, 3.0), (0.1, 0.3))
    assert others.a_minute == pytest.approx(0.1)
    assert saved_share(Effort((2.0,), (0.4,)), others).value == pytest.approx(0.5)
    assert saved_share(others, others).value == pytest.approx(0.0)
    assert saved_share(Effort((4.0,), (0.2,)), others).value == pytest.approx(-1.0)


@given(EFFORTS, EFFORTS)
def test_the_value_lies_in_its_interval_and_never_passes_everything(chosen: Effort, others: Effort) -> None:
    found = saved_share(chosen, others)
    assert found.value < 1.0
    if min(len(chosen.found), len(others.found)) < 2:
        assert math.isnan(found.low)
    else:
        assert found.low <= found.value <= found.high <= 1.0


def test_where_nothing_was_to_correct_nothing_is_known() -> None:
    some, none = Effort((1.0,), (0.5,)), Effort((1.0,), (0.0,))
    assert math.isnan(saved_share(none, some).value)
    assert math.isnan(saved_share(some, none).value)
    assert math.isnan(Effort((), ()).a_minute)


@pytest.mark.parametrize(("ranked", "random"), [(8, 8), (30, 15)])
def test_the_interval_holds_what_it_promises(ranked: int, random: int) -> None:
    rng = np.random.default_rng(0)
    inside = 0
    for _ in range(300):
        efforts = []
        for mean, cases in ((0.2, ranked), (0.1, random)):
            found = rng.gamma(2.0, mean / 2.0, cases)
            minutes = 1.0 + found * rng.uniform(2.0, 6.0, cases)
            efforts.append(Effort(tuple(minutes.tolist()), tuple(found.tolist())))
        interval = saved_share(efforts[0], efforts[1])
        inside += interval.low <= 1.0 - (1.8 / 0.2) / (1.4 / 0.1) <= interval.high
    assert 276 <= inside <= 294


def test_cases_that_are_all_alike_leave_no_doubt() -> None:
    found = saved_share(Effort((1.0,) * 9, (0.2,) * 9), Effort((1.0,) * 9, (0.1,) * 9))
    assert (found.low, found.value, found.high) == pytest.approx((0.5, 0.5, 0.5))
