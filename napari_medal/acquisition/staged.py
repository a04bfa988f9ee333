"""Typical cases first, then uncertain ones: for each label, varied, cheap, and with noise that fades."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from napari_medal.acquisition.at_random import at_random
from napari_medal.acquisition.class_stratified import ClassStratified
from napari_medal.acquisition.feature_space import FeatureSpace
from napari_medal.acquisition.outliers import outliers
from napari_medal.acquisition.placed import placed
from napari_medal.acquisition.schedule import Schedule
from napari_medal.acquisition.typicality import Typicality
from napari_medal.core.strategy import Pool, Ranked

_FEWEST = 8
"""Quartiles of fewer cases say nothing."""


@dataclass(frozen=True)
class Staged:
    """Explore by typicality, then rank by uncertainty.

    With few labels the uncertainty is that of a poor model, and ranking by it asks for outliers. So the order is that
    of `typicality` (TypiClust, Hacohen et al. 2022, arXiv 2202.02794) until the schedule's first stage is over. After
    that it is that of `class-stratified` (ClaSP PE, Lüth et al. 2026, arXiv 2601.13677), less `cost_exponent` times
    the log of the reader's seconds, with at most one of the cases that look alike in a batch. The cases that look least
    like any other are kept behind, in the first stage and until the noise has half faded. Where all cases are about
    equally uncertain the order is random, and says so.

    Args:
        schedule: How long the first stage is, and how the noise fades.
        typical_first: Whether typical cases come in the first stage; random ones do otherwise.
        stratified: Share of the places that go to the labels in turn.
        noisy: Whether noise is added.
        cost_exponent: How much the reader's time counts, as in `cost-aware`.
        diverse: Whether cases that look alike are kept apart.
        first_outliers: Share of the waiting cases that is kept behind in the first stage.
        outliers: The same after it.
        homogeneous_below: The pool counts as equally uncertain where the quartiles of the uncertainty are closer than
            this: (Q3 - Q1) / (Q3 + Q1), which does not depend on a measure's unit (Bonett 2006).
    """

    name: str = "staged"
    title: str = "Typical cases at first, then the most uncertain for each label"
    explained: str = (
        "Typical cases until there are enough labels to trust the model's doubt; then those it is least sure of, "
        "for each label in turn, varied, quick ones before long ones, and odd ones later."
    )
    schedule: Schedule = field(default_factory=Schedule)
    typical_first: bool = True
    stratified: float = 0.66
    noisy: bool = True
    cost_exponent: float = 0.5
    diverse: bool = True
    first_outliers: float = 0.02
    outliers: float = 0.03
    homogeneous_below: float = 0.05

    def rank(self, pool: Pool) -> list[Ranked]:
        """Return every candidate once, the most valuable first."""
        total = pool.labelled + len(pool.candidates)
        explore = self.schedule.explore_labels(total)
        is_seen = any(candidate.score is not None for candidate in pool.candidates)
        if pool.labelled < explore or not is_seen:
            return self._explore(pool, explore if is_seen else None)
        if self._is_homogeneous(pool):
            reason = "all cases are about equally uncertain, so that the choice hardly matters: drawn at random"
            return at_random(pool.candidates, pool.seed, reason)
        is_half_through = self.schedule.run(pool.labelled, total) >= 0.5
        behind = () if is_half_through else self._odd(pool, self.outliers)
        by_uncertainty = ClassStratified(
            share=self.stratified,
            schedule=self.schedule,
            noisy=self.noisy,
            cost_exponent=self.cost_exponent,
            diverse=self.diverse,
        )
        return _with_behind(by_uncertainty.rank(_without(pool, behind)), behind, self.schedule.labels_at(0.5, total))

    def _explore(self, pool: Pool, labels: int | None) -> list[Ranked]:
        """Order without uncertainty, until so many labels or, with None, until there is a model."""
        until = _until(labels)
        if not self.typical_first:
            return at_random(pool.candidates, pool.seed, f"random order {until}")
        behind = self._odd(pool, self.first_outliers)
        order = Typicality().rank(_without(pool, behind))
        told = [replace(place, reason=f"{place.reason} (no uncertainty {until})") for place in order]
        return _with_behind(told, behind, labels)

    def _odd(self, pool: Pool, share: float) -> tuple[str, ...]:
        return outliers(FeatureSpace.of(pool), share) if share > 0 else ()

    def _is_homogeneous(self, pool: Pool) -> bool:
        values = [candidate.score.uncertainty for candidate in pool.candidates if candidate.score is not None]
        if len(values) < _FEWEST:
            return False
        low, high = np.percentile(values, (25, 75))
        return bool(high - low <= self.homogeneous_below * (high + low))


def _without(pool: Pool, behind: Sequence[str]) -> Pool:
    return replace(pool, candidates=[candidate for candidate in pool.candidates if candidate.case not in behind])


def _with_behind(order: Sequence[Ranked], behind: Sequence[str], labels: int | None) -> list[Ranked]:
    reason = f"looks unlike the other cases: kept behind {_until(labels)}"
    return placed([*order, *(Ranked(case, 0.0, reason) for case in behind)])


def _until(labels: int | None) -> str:
    return "until there is a model" if labels is None else f"until {labels} labels"


STRATEGY = Staged()
