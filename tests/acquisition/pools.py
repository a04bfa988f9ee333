"""Pools of cases to rank."""

from collections.abc import Sequence

import numpy as np

from napari_medal.core.score import CaseScore
from napari_medal.core.strategy import Candidate, Pool


def pool(size: int, labelled: int, seed: int = 0, scored: int | None = None) -> Pool:
    """Cases case000, case001, ... with distinct random uncertainties; those from `scored` on have none."""
    values = np.random.default_rng(99).permutation(size) / max(size, 1)
    candidates = tuple(
        Candidate(
            f"case{n:03}",
            CaseScore(float(value), (float(value),), (), f"doubt {value:.3f}")
            if scored is None or n < scored
            else None,
        )
        for n, value in enumerate(values)
    )
    return Pool(candidates, labelled, seed)


def random_pool(
    size: int,
    labelled: int,
    seed: int = 0,
    *,
    batch: int = 4,
    features: int = 5,
    labels: int = 2,
    known: float = 1.0,
    scored: int | None = None,
) -> Pool:
    """Cases with random everything: uncertainties, times and features, of which a share is known."""
    rng = np.random.default_rng(7)
    looks = np.round(rng.standard_normal((size + labelled, features)), 1)
    candidates = tuple(
        Candidate(
            f"case{n:03}",
            scores(*rng.random(labels + 1)) if scored is None or n < scored else None,
            features=tuple(map(float, looks[n])) if features and rng.random() < known else None,
            seconds=float(rng.uniform(0, 300)) if rng.random() < known else None,
            finds=bool(rng.random() < 0.5) if rng.random() < known else None,
        )
        for n in range(size)
    )
    taught = tuple(tuple(map(float, row)) for row in looks[size:]) if features else ()
    weaknesses = tuple(map(float, rng.random(labels))) if known == 1.0 else ()
    return Pool(candidates, labelled, seed, taught, batch, weaknesses, tuple(f"label {n}" for n in range(labels)))


def scores(uncertainty: float, *per_class: float) -> CaseScore:
    """What a model says of a case."""
    return CaseScore(float(uncertainty), tuple(map(float, per_class)), (), f"doubt {uncertainty:.3f}")


def looks(points: Sequence[Sequence[float]], taught: Sequence[Sequence[float]] = (), batch: int = 2) -> Pool:
    """Cases case000, case001, ... of which only the features are known."""
    candidates = tuple(
        Candidate(f"case{n:03}", None, features=tuple(map(float, point))) for n, point in enumerate(points)
    )
    return Pool(candidates, len(taught), 0, tuple(tuple(map(float, point)) for point in taught), batch)


def uncertainty(pool: Pool, case: str) -> float:
    """The score of a case."""
    return next(c.score.uncertainty for c in pool.candidates if c.case == case and c.score is not None)


def number(ranked_numbers: Sequence[tuple[str, float]], name: str) -> float:
    """One of the numbers behind a place."""
    return dict(ranked_numbers)[name]
