from napari_medal.acquisition.random_draw import STRATEGY
from napari_medal.core.strategy import Pool
from napari_medal.testing import check_strategy
from tests.acquisition.pools import pool


def order(of: Pool) -> list[str]:
    return [place.case for place in STRATEGY.rank(of)]


def test_keeps_the_protocol():
    check_strategy(STRATEGY)


def test_seeds_give_different_orders():
    assert order(pool(30, 0, seed=1)) != order(pool(30, 0, seed=2))


def test_the_first_place_goes_to_every_case_in_turn():
    firsts = [order(pool(5, 0, seed))[0] for seed in range(500)]
    assert min(firsts.count(f"case{n:03}") for n in range(5)) > 60


def test_waiting_cases_keep_their_order_while_others_are_labelled():
    before = order(pool(20, 0))
    left = Pool(tuple(c for c in pool(20, 1).candidates if c.case != before[0]), 1, 0)
    assert order(left) == before[1:]
