"""Orders in which chance has the larger part: foreground, random batches; and the order of the names."""

from dataclasses import replace

import numpy as np
import pytest

from napari_medal.acquisition.first import STRATEGY as FIRST
from napari_medal.acquisition.foreground_random import THIRD, TWO_THIRDS
from napari_medal.acquisition.random_draw import STRATEGY as RANDOM_DRAW
from napari_medal.acquisition.stochastic_batches import STRATEGY as STOCHASTIC_BATCHES
from napari_medal.acquisition.stochastic_batches import StochasticBatches
from napari_medal.core.strategy import Candidate, Pool
from tests.acquisition.pools import pool, uncertainty


def test_first_goes_by_name():
    waiting = Pool([Candidate(name, None) for name in ("b", "c", "a")], 0, 5)
    assert [place.case for place in FIRST.rank(waiting)] == ["a", "b", "c"]


def half_empty(seed: int, labelled: int = 10) -> Pool:
    return Pool([Candidate(f"case{n:03}", None, finds=n < 20) for n in range(40)], labelled, seed)


@pytest.mark.parametrize("strategy", [THIRD, TWO_THIRDS], ids=lambda strategy: strategy.name)
def test_the_share_of_places_with_foreground(strategy):
    found = [int(strategy.rank(half_empty(seed))[place].case[4:]) < 20 for seed in range(600) for place in (0, 1)]
    assert np.mean(found) == pytest.approx(strategy.share + (1 - strategy.share) / 2, abs=0.04)


def test_the_toss_goes_on_with_the_labels():
    firsts = ["finds something" in TWO_THIRDS.rank(half_empty(0, labelled))[0].reason for labelled in range(60)]
    assert np.mean(firsts) == pytest.approx(0.66, abs=0.15)


def test_where_nothing_is_found_the_order_is_random():
    for finds in (None, False):
        waiting = Pool([Candidate(f"case{n:03}", None, finds=finds) for n in range(20)], 0, 1)
        assert [place.case for place in TWO_THIRDS.rank(waiting)] == [place.case for place in RANDOM_DRAW.rank(waiting)]


def test_random_batches_are_uncertain_as_a_whole():
    means = []
    for seed in range(30):
        waiting = replace(pool(60, 20, seed), batch=5)
        ranked = STOCHASTIC_BATCHES.rank(waiting)
        batches = [[uncertainty(waiting, place.case) for place in ranked[start : start + 5]] for start in (0, 5, 10)]
        assert all(batch == sorted(batch, reverse=True) for batch in batches)
        assert dict(ranked[0].numbers)["mean of the batch"] == pytest.approx(np.mean(batches[0]))
        means.append(np.mean(batches[0]))
    # The best of 100 means of 5 uniform numbers lies some 2.5 deviations of 0.13 above one half.
    assert 0.7 < np.mean(means) < 0.9
    assert np.std(means) > 0.01


def test_one_random_batch_is_no_choice():
    firsts = []
    for seed in range(200):
        waiting = replace(pool(40, 20, seed), batch=4)
        ranked = StochasticBatches(draws=1).rank(waiting)
        firsts.append(np.mean([uncertainty(waiting, place.case) for place in ranked[:4]]))
    assert np.mean(firsts) == pytest.approx(0.49, abs=0.04)
