from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr

from napari_medal.acquisition.class_stratified import ClassStratified
from napari_medal.acquisition.staged import STRATEGY, Staged
from napari_medal.acquisition.typicality import Typicality
from napari_medal.core.strategy import Candidate, Pool, Strategy
from tests.acquisition.pools import pool, random_pool, scores, uncertainty

PLAIN = Staged(typical_first=False, stratified=0.0, cost_exponent=0.0, diverse=False, outliers=0.0)


def rank_correlation(waiting: Pool, strategy: Strategy = PLAIN) -> float:
    values = [uncertainty(waiting, place.case) for place in strategy.rank(waiting)]
    return float(spearmanr(values, -np.arange(len(values))).statistic)


def order(strategy: Strategy, waiting: Pool) -> list[str]:
    return [place.case for place in strategy.rank(waiting)]


def test_before_any_model_typical_cases_come_first():
    waiting = random_pool(30, 0, scored=0, features=2)
    ranked = Staged(first_outliers=0.0).rank(waiting)
    assert [place.case for place in ranked] == order(Typicality(), waiting)
    assert all(place.reason.endswith("(no uncertainty until there is a model)") for place in ranked)


def test_with_few_labels_the_order_knows_no_uncertainty_and_says_until_when():
    waiting = random_pool(50, 11)
    ranked = STRATEGY.rank(waiting)
    assert all("until 12 labels" in place.reason for place in ranked)
    without = replace(waiting, candidates=[replace(found, score=scores(0.5)) for found in waiting.candidates])
    assert [place.case for place in ranked] == order(STRATEGY, without)


def test_without_features_or_typicality_the_first_stage_is_random():
    for strategy in (STRATEGY, PLAIN):
        assert np.mean([abs(rank_correlation(pool(50, 11, seed), strategy)) for seed in range(20)]) < 0.25
    assert all(place.reason.endswith("(random order until 12 labels)") for place in PLAIN.rank(pool(50, 11)))


def test_uncertainty_counts_from_the_end_of_the_first_stage():
    assert {place.reason.split()[0] for place in PLAIN.rank(pool(50, 12))} == {"doubt"}
    early = np.mean([rank_correlation(pool(60, 12, seed)) for seed in range(20)])
    late = np.mean([rank_correlation(pool(60, 60, seed)) for seed in range(20)])
    assert late > 0.95
    assert 0.2 < early < late - 0.1


def test_without_noise_the_order_is_that_of_the_uncertainty():
    assert rank_correlation(pool(50, 12), replace(PLAIN, noisy=False)) == pytest.approx(1.0)


def test_its_second_stage_is_class_stratified_with_costs_and_kept_apart():
    waiting = random_pool(40, 30, labels=3)
    other = ClassStratified(cost_exponent=0.5, diverse=True)
    assert order(replace(STRATEGY, outliers=0.0), waiting) == order(other, waiting)
    assert order(replace(STRATEGY, outliers=0.0, diverse=False), waiting) != order(other, waiting)
    assert order(replace(STRATEGY, outliers=0.0, cost_exponent=0.0), waiting) != order(other, waiting)
    assert order(replace(STRATEGY, outliers=0.0, stratified=0.0), waiting) != order(other, waiting)


def with_an_odd_one(labelled: int) -> Pool:
    """40 cases alike, but case007, the most uncertain, lies far away."""
    points = np.random.default_rng(0).standard_normal((40, 2))
    points[7] = 30.0
    values = np.random.default_rng(1).uniform(0.1, 0.5, 40)
    values[7] = 1.0
    candidates = [
        Candidate(f"case{n:03}", scores(values[n], values[n]), tuple(map(float, points[n]))) for n in range(40)
    ]
    return Pool(candidates, labelled, 0, batch=4)


def test_the_odd_one_is_kept_behind_until_the_noise_has_half_faded():
    for labelled, until in ((0, 12), (12, 36), (35, 36)):
        last = STRATEGY.rank(with_an_odd_one(labelled))[-1]
        assert last.case == "case007"
        assert last.reason == f"looks unlike the other cases: kept behind until {until} labels"
    assert STRATEGY.rank(with_an_odd_one(36))[0].case == "case007"
    assert replace(STRATEGY, outliers=0.0, noisy=False).rank(with_an_odd_one(12))[0].case == "case007"


def alike_by_uncertainty(spread: float) -> Pool:
    values = np.linspace(0.4 - spread, 0.4 + spread, 41)
    return Pool([Candidate(f"case{n:03}", scores(value, value)) for n, value in enumerate(values)], 60, 0)


def test_where_all_are_equally_uncertain_the_order_is_random_and_says_so():
    # Quartiles of an even spread lie halfway: (Q3 - Q1) / (Q3 + Q1) = spread / 2 / 0.4.
    assert all("the choice hardly matters" in place.reason for place in STRATEGY.rank(alike_by_uncertainty(0.039)))
    assert abs(rank_correlation(alike_by_uncertainty(0.039), STRATEGY)) < 0.5
    assert not any("hardly matters" in place.reason for place in STRATEGY.rank(alike_by_uncertainty(0.041)))
    assert rank_correlation(alike_by_uncertainty(0.2), STRATEGY) > 0.7


def test_it_does_not_matter_in_which_unit_a_measure_counts():
    waiting = random_pool(40, 100, labels=2)
    smaller = [
        replace(found, score=scores(found.score.uncertainty / 50, *(value / 50 for value in found.score.per_class)))
        for found in waiting.candidates
        if found.score is not None
    ]
    assert order(STRATEGY, waiting) == order(STRATEGY, replace(waiting, candidates=smaller))


def test_few_cases_are_not_called_equally_uncertain():
    assert not any("hardly matters" in place.reason for place in STRATEGY.rank(random_pool(3, 60)))


def test_cases_that_look_alike_do_not_share_a_batch():
    waiting = random_pool(60, 100, features=3, batch=4)
    kept_apart = ClassStratified(diverse=True).rank(waiting)
    from napari_medal.acquisition.clusters import clusters
    from napari_medal.acquisition.feature_space import FeatureSpace

    space = FeatureSpace.of(waiting)
    found = dict(
        zip((c.case for c in space.candidates), clusters(space.waiting, 8, waiting.seed).tolist(), strict=True)
    )
    for start in range(0, 20, 4):
        groups = Counter(found[place.case] for place in kept_apart[start : start + 4])
        assert max(groups.values()) == 1
    loose = [found[place.case] for place in ClassStratified().rank(waiting)]
    assert any(len(set(loose[start : start + 4])) < 4 for start in range(0, 20, 4))
