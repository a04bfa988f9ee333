from napari_medal.acquisition.most_uncertain import STRATEGY
from napari_medal.testing import check_strategy
from tests.acquisition.pools import pool, uncertainty


def test_keeps_the_protocol():
    check_strategy(STRATEGY)


def test_descending_uncertainty_with_the_score_s_reason():
    waiting = pool(20, 3)
    ranked = STRATEGY.rank(waiting)
    values = [uncertainty(waiting, place.case) for place in ranked]
    assert values == sorted(values, reverse=True)
    assert [place.reason for place in ranked] == [f"doubt {value:.3f}" for value in values]


def test_cases_without_a_score_come_last_and_say_so():
    ranked = STRATEGY.rank(pool(10, 3, scored=6))
    assert {place.case for place in ranked[6:]} == {f"case{n:03}" for n in range(6, 10)}
    assert all(place.reason.startswith("no prediction yet") for place in ranked[6:])
    assert all(place.reason.startswith("no model yet") for place in STRATEGY.rank(pool(4, 0, scored=0)))
