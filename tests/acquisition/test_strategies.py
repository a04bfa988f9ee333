"""What every first-party strategy keeps."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_medal.acquisition.class_stratified import STRATEGY as CLASS_STRATIFIED
from napari_medal.acquisition.cost_aware import STRATEGY as COST_AWARE
from napari_medal.acquisition.first import STRATEGY as FIRST
from napari_medal.acquisition.foreground_random import THIRD, TWO_THIRDS
from napari_medal.acquisition.k_center import STRATEGY as K_CENTER
from napari_medal.acquisition.most_uncertain import STRATEGY as MOST_UNCERTAIN
from napari_medal.acquisition.power import STRATEGY as POWER
from napari_medal.acquisition.random_draw import STRATEGY as RANDOM_DRAW
from napari_medal.acquisition.softrank import STRATEGY as SOFTRANK
from napari_medal.acquisition.staged import STRATEGY as STAGED
from napari_medal.acquisition.stochastic_batches import STRATEGY as STOCHASTIC_BATCHES
from napari_medal.acquisition.typicality import STRATEGY as TYPICALITY
from napari_medal.core.strategy import Strategy
from napari_medal.testing import check_strategy
from tests.acquisition.pools import random_pool

STRATEGIES = (
    CLASS_STRATIFIED,
    COST_AWARE,
    FIRST,
    THIRD,
    TWO_THIRDS,
    K_CENTER,
    MOST_UNCERTAIN,
    POWER,
    RANDOM_DRAW,
    SOFTRANK,
    STAGED,
    STOCHASTIC_BATCHES,
    TYPICALITY,
)
ALL = pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda strategy: strategy.name)


@ALL
def test_keeps_the_protocol(strategy: Strategy):
    check_strategy(strategy)


@ALL
@settings(max_examples=25)
@given(
    size=st.integers(0, 30),
    labelled=st.integers(0, 80),
    seed=st.integers(-5, 99),
    batch=st.integers(1, 9),
    features=st.integers(0, 20),
    labels=st.integers(0, 3),
    known=st.sampled_from([0.0, 0.5, 1.0]),
)
def test_every_candidate_once_in_an_order_that_repeats(strategy, size, labelled, seed, batch, features, labels, known):
    waiting = random_pool(size, labelled, seed, batch=batch, features=features, labels=labels, known=known)
    ranked = strategy.rank(waiting)
    assert sorted(place.case for place in ranked) == sorted(candidate.case for candidate in waiting.candidates)
    priorities = [place.priority for place in ranked]
    assert np.isfinite(priorities).all()
    assert priorities == sorted(priorities, reverse=True)
    shuffled = np.random.default_rng(0).permutation(size)
    turned = replace(
        waiting,
        candidates=[waiting.candidates[index] for index in shuffled],
        taught=tuple(reversed(waiting.taught)),
    )
    assert strategy.rank(turned) == ranked


@ALL
def test_cases_that_the_model_has_not_seen_come_after_those_it_has(strategy: Strategy):
    if strategy in (FIRST, THIRD, TWO_THIRDS, RANDOM_DRAW, K_CENTER, TYPICALITY):
        return
    ranked = strategy.rank(random_pool(20, 60, scored=12))
    assert {place.case for place in ranked[12:]} == {f"case{n:03}" for n in range(12, 20)}
    assert all("no prediction yet" in place.reason for place in ranked[12:])


@ALL
def test_the_numbers_of_a_case_are_told(strategy: Strategy):
    if strategy in (FIRST, THIRD, TWO_THIRDS, RANDOM_DRAW):
        return
    for place in strategy.rank(random_pool(20, 60)):
        names = [name for name, _ in place.numbers]
        assert names
        assert len(set(names)) == len(names)


def test_no_strategy_is_left_out(repo_root):
    from tests.entries import declared_extensions

    declared = {point.name for point in declared_extensions(repo_root) if point.group == "napari_medal.strategies"}
    assert declared == {strategy.name for strategy in STRATEGIES}


def test_a_large_pool_is_ranked(monkeypatch):
    waiting = random_pool(5000, 60, batch=8, features=64, labels=3)
    for strategy in STRATEGIES:
        assert len(strategy.rank(waiting)) == 5000
