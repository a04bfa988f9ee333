"""Pools of cases to rank."""

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


def uncertainty(pool: Pool, case: str) -> float:
    """The score of a case."""
    return next(c.score.uncertainty for c in pool.candidates if c.case == case and c.score is not None)
