"""The check of an acquisition strategy."""

import math
from dataclasses import dataclass, replace

import numpy as np

from napari_medal.core.score import CaseScore
from napari_medal.core.strategy import Candidate, Pool, Ranked, Strategy
from napari_medal.testing.breach import attempt, require, require_identity


def check_strategy(strategy: Strategy) -> None:
    """Check that every ranking is complete, without repeats, repeatable and independent of the input order.

    The pools are of masks, classes and values, before and after the first model, with features, times and weaknesses
    of labels that are known, known in part, or not at all.

    Raises:
        ExtensionError: The first promise that is not kept.
    """
    what = require_identity("strategy", strategy, Strategy)
    for size, scored in ((0, 0), (1, 1), (7, 0), (40, 40), (40, 30)):
        for labelled in (0, 5, 20, 200):
            for kind in _KINDS:
                _check_pool(what, strategy, _pool(size, scored, labelled, kind))


@dataclass(frozen=True)
class _Kind:
    """What is known of the cases of a pool.

    Args:
        labels: Names of the labels; none for a value.
        known: Share of the cases whose features and times are known.
        spread: Standard deviation of the features.
    """

    labels: tuple[str, ...]
    known: float
    spread: float = 1.0


_KINDS = (
    _Kind(("liver",), known=0.0),
    _Kind(("front", "back"), known=1.0),
    _Kind(("a", "b", "c"), known=0.6),
    _Kind((), known=1.0, spread=0.0),
)


def _pool(size: int, scored: int, labelled: int, kind: _Kind) -> Pool:
    rng = np.random.default_rng(0)
    values = rng.random((size, len(kind.labels) + 1))
    values[: size // 4] = 0.0
    looks = np.round(3.0 + kind.spread * rng.standard_normal((size + labelled, 20)), 2)
    seconds = np.where(rng.random(size) < kind.known, rng.uniform(5.0, 500.0, size), np.nan)
    candidates = tuple(
        Candidate(
            f"case{number:03}",
            CaseScore(float(row[0]), tuple(map(float, row[1:])), (), f"doubt {row[0]:.3f}")
            if number < scored
            else None,
            features=tuple(map(float, looks[number])) if number < kind.known * size else None,
            seconds=None if math.isnan(seconds[number]) else float(seconds[number]),
            finds=bool(row[0] > 0.5) if number < scored else None,
        )
        for number, row in enumerate(values)
    )
    taught = tuple(tuple(map(float, row)) for row in looks[size:]) if kind.known else ()
    weaknesses = tuple(float(value) for value in rng.random(len(kind.labels))) if scored == size else ()
    return Pool(candidates, labelled, 3, taught, batch=4, weaknesses=weaknesses, labels=kind.labels)


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
    turned = replace(pool, candidates=tuple(reversed(pool.candidates)))
    require(attempt(what, strategy.rank, turned) == ranked, f"{what} depends on the order of the candidates.")
    _check_places(what, ranked)


def _check_places(what: str, ranked: list[Ranked]) -> None:
    require(all(place.reason.strip() for place in ranked), f"{what} ranks a case without a reason.")
    require(not any(place.is_audit for place in ranked), f"{what} draws an audit; they are drawn by the loop alone.")
    numbers = [number for place in ranked for number in place.numbers]
    require(
        all(name.strip() and math.isfinite(value) for name, value in numbers),
        f"{what} gives a number without a name, or one that is not finite.",
    )
    priorities = [place.priority for place in ranked]
    require(all(map(math.isfinite, priorities)), f"{what} gives a priority that is not finite.")
    require(
        priorities == sorted(priorities, reverse=True),
        f"{what} gives a later case a higher priority; wanted higher is sooner.",
    )
