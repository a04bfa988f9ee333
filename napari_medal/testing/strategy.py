"""The check of an acquisition strategy."""

import math

import numpy as np

from napari_medal.core.score import CaseScore
from napari_medal.core.strategy import Candidate, Pool, Strategy
from napari_medal.testing.breach import attempt, require, require_identity


def check_strategy(strategy: Strategy) -> None:
    """Check that every ranking is complete, without repeats, repeatable and independent of the input order.

    Raises:
        ExtensionError: The first promise that is not kept.
    """
    what = require_identity("strategy", strategy, Strategy)
    for size, scored in ((0, 0), (1, 1), (7, 0), (40, 40), (40, 30)):
        for labelled in (0, 5, 20, 200):
            _check_pool(what, strategy, Pool(_candidates(size, scored), labelled, seed=3))


def _candidates(size: int, scored: int) -> tuple[Candidate, ...]:
    values = np.random.default_rng(0).random(size)
    values[: size // 4] = 0.0
    scores = [CaseScore(float(value), (float(value),), (), f"doubt {value:.3f}") for value in values]
    return tuple(
        Candidate(f"case{number:03}", score if number < scored else None) for number, score in enumerate(scores)
    )


def _check_pool(what: str, strategy: Strategy, pool: Pool) -> None:
    what = f"{what} on {len(pool.candidates)} candidates with {pool.labelled} labelled"
    ranked = attempt(what, strategy.rank, pool)
    cases = [place.case for place in ranked]
    require(len(set(cases)) == len(cases), f"{what} ranks a case twice.")
    require(
        set(cases) == {candidate.case for candidate in pool.candidates},
        f"{what} ranks {len(cases)} cases; wanted each of the {len(pool.candidates)} candidates.",
    )
    require(attempt(what, strategy.rank, pool) == ranked, f"{what} gives another order the second time.")
    turned = Pool(tuple(reversed(pool.candidates)), pool.labelled, pool.seed)
    require(attempt(what, strategy.rank, turned) == ranked, f"{what} depends on the order of the candidates.")
    require(all(place.reason.strip() for place in ranked), f"{what} ranks a case without a reason.")
    priorities = [place.priority for place in ranked]
    require(all(map(math.isfinite, priorities)), f"{what} gives a priority that is not finite.")
    require(
        priorities == sorted(priorities, reverse=True),
        f"{what} gives a later case a higher priority; wanted higher is sooner.",
    )
