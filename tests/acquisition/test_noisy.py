"""Orders by uncertainty with chance: power, soft rank, cost."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr

from napari_medal.acquisition.cost_aware import STRATEGY as COST_AWARE
from napari_medal.acquisition.power import STRATEGY as POWER
from napari_medal.acquisition.schedule import Schedule
from napari_medal.acquisition.softrank import STRATEGY as SOFTRANK
from napari_medal.core.strategy import Candidate, Pool
from tests.acquisition.pools import pool, scores, uncertainty

SILENT = Schedule(beta_first=1e9, beta_last=1e9)


def correlation(strategy, labelled: int) -> float:
    pools = [pool(60, labelled, seed) for seed in range(20)]
    return float(
        np.mean(
            [
                spearmanr([uncertainty(found, place.case) for place in strategy.rank(found)], -np.arange(60)).statistic
                for found in pools
            ]
        )
    )


@pytest.mark.parametrize("strategy", [POWER, SOFTRANK, COST_AWARE], ids=lambda strategy: strategy.name)
def test_the_noise_fades_with_the_labels(strategy):
    early, late = correlation(strategy, 0), correlation(strategy, 60)
    assert 0.2 < early < 0.9
    assert late > 0.95


def two(first: float, second: float, others: int = 0) -> list[Candidate]:
    return [Candidate("a", scores(first)), Candidate("b", scores(second))] + [
        Candidate(f"other{n}", scores(1e-6)) for n in range(others)
    ]


def share_of_a(strategy, candidates: list[Candidate]) -> float:
    firsts = [strategy.rank(Pool(candidates, 0, seed))[0].case for seed in range(1500)]
    return firsts.count("a") / 1500


def test_power_draws_by_the_uncertainty():
    assert share_of_a(POWER, two(0.6, 0.2)) == pytest.approx(0.75, abs=0.04)
    squared = replace(POWER, schedule=Schedule(beta_first=2.0))
    assert share_of_a(squared, two(0.6, 0.2)) == pytest.approx(0.9, abs=0.03)


def test_softrank_draws_by_the_rank_alone():
    assert share_of_a(SOFTRANK, two(0.6, 0.2)) == pytest.approx(2 / 3, abs=0.04)
    assert share_of_a(SOFTRANK, two(0.6, 0.5999)) == pytest.approx(2 / 3, abs=0.04)
    assert share_of_a(SOFTRANK, two(0.4, 0.4)) == pytest.approx(1 / 2, abs=0.04)
    ranks = {place.case: dict(place.numbers)["rank"] for place in SOFTRANK.rank(Pool(two(0.4, 0.4, others=1), 0, 0))}
    assert ranks == {"a": 1.0, "b": 1.0, "other0": 3.0}


def test_the_cheaper_of_two_equals_comes_first():
    cheap, dear = Candidate("dear", scores(0.5), seconds=200.0), Candidate("cheap", scores(0.5), seconds=20.0)
    ranked = replace(COST_AWARE, schedule=SILENT).rank(Pool([cheap, dear], 10, 0))
    assert [place.case for place in ranked] == ["cheap", "dear"]
    assert ranked[0].reason == "doubt 0.500; about 20 s to correct"
    assert ranked[0].priority - ranked[1].priority == pytest.approx(0.5 * np.log(10))


def test_time_of_which_nothing_is_known_counts_as_the_median():
    known = [Candidate(f"case{n}", scores(0.5), seconds=seconds) for n, seconds in enumerate((20.0, 60.0, 200.0))]
    candidates = [*known, Candidate("unknown", scores(0.5))]
    ranked = replace(COST_AWARE, schedule=SILENT).rank(Pool(candidates, 10, 0))
    assert {place.case: dict(place.numbers)["seconds"] for place in ranked}["unknown"] == 60.0
    assert [place.case for place in ranked if place.case != "unknown"] == ["case0", "case1", "case2"]
    assert "to correct" not in next(place.reason for place in ranked if place.case == "unknown")


def test_without_an_exponent_time_does_not_count():
    waiting = Pool([Candidate("a", scores(0.6), seconds=900.0), Candidate("b", scores(0.5), seconds=1.0)], 10, 0)
    assert replace(COST_AWARE, schedule=SILENT, cost_exponent=0.0).rank(waiting)[0].case == "a"
    assert replace(COST_AWARE, schedule=SILENT).rank(waiting)[0].case == "b"
