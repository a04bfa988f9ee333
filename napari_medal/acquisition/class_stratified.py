"""Places shared out among the labels."""

import math
from dataclasses import dataclass, field

import numpy as np

from napari_medal.acquisition.clusters import clusters
from napari_medal.acquisition.deal import deal
from napari_medal.acquisition.feature_space import FeatureSpace
from napari_medal.acquisition.placed import placed
from napari_medal.acquisition.schedule import Schedule
from napari_medal.acquisition.turns import turns
from napari_medal.acquisition.unseen import unseen
from napari_medal.acquisition.utility import Utility
from napari_medal.core.score import CaseScore
from napari_medal.core.strategy import Candidate, Pool, Ranked

_Scored = list[tuple[Candidate, CaseScore]]


@dataclass(frozen=True)
class ClassStratified:
    """Give places to the labels in turn, by the uncertainty of each; the other places go by that of the case.

    Within each, the order is that of log(uncertainty) + Gumbel noise of scale 1 / beta. With the measure
    `class-entropy` this is ClaSP PE (Lüth et al. 2026, arXiv 2601.13677), there for patches, here for cases, where no
    study has tested it. All labels get equally many places; the weakest on the validation set, or the most uncertain
    where that is not known, has the first turn. Turns run over the labels of the project, not over one ranking, so that
    all get theirs even if the order is made anew after each label. Values have no labels: every place goes by the case.

    Args:
        share: Share of the places that go to the labels.
        schedule: How the noise fades.
        noisy: Whether there is noise.
        cost_exponent: How much the reader's time counts, as in `cost-aware`.
        diverse: Whether cases that look alike are kept apart: k-means into twice as many clusters as a batch has
            places, and at most one case of each in a batch. With as many as there are places, a cluster of a few odd
            cases would have one in every batch.
    """

    name: str = "class-stratified"
    title: str = "Most uncertain first, in turn for each label"
    explained: str = (
        "Two thirds of the places go to the labels in turn, to the case in which that label is most in doubt. In "
        "random order before the first model."
    )
    share: float = 0.66
    schedule: Schedule = field(default_factory=Schedule)
    noisy: bool = True
    cost_exponent: float = 0.0
    diverse: bool = False

    def rank(self, pool: Pool) -> list[Ranked]:
        """Return every candidate once, the most valuable first."""
        seen = [(candidate, candidate.score) for candidate in pool.candidates if candidate.score is not None]
        if not seen:
            return unseen(pool)
        labels = min(len(score.per_class) for _, score in seen)
        beta = self.schedule.beta(pool.labelled, pool.labelled + len(pool.candidates)) if self.noisy else math.inf
        utility = Utility(pool, beta, self.cost_exponent)
        queues = [_queue(seen, utility, None, "")]
        queues += [_queue(seen, utility, label, _name(pool, label)) for label in _weakest_first(seen, pool, labels)]
        groups = _groups(pool) if self.diverse else None
        turn = turns(self.share, labels, pool.labelled)
        return placed(deal(queues, turn, groups, max(pool.batch, 1)) + unseen(pool))


def _queue(seen: _Scored, utility: Utility, label: int | None, name: str) -> list[Ranked]:
    """Return the cases by the uncertainty of a label, or of the case."""
    queue = []
    for candidate, score in seen:
        uncertainty = score.uncertainty if label is None else score.per_class[label]
        numbers = [("uncertainty", score.uncertainty)]
        numbers += [] if label is None else [(f"uncertainty of {name}", uncertainty)]
        numbers += [] if candidate.seconds is None else [("seconds", candidate.seconds)]
        numbers += [("beta", utility.beta)] if math.isfinite(utility.beta) else []
        reason = score.reason if label is None else f"{score.reason} (chosen for {name})"
        priority = utility.of(candidate, uncertainty, stream=0 if label is None else label + 1)
        queue.append(Ranked(candidate.case, priority, reason, tuple(numbers)))
    return sorted(queue, key=lambda place: (-place.priority, place.case))


def _weakest_first(seen: _Scored, pool: Pool, labels: int) -> list[int]:
    known = pool.weaknesses if len(pool.weaknesses) == labels else None
    weakness = known or np.mean([score.per_class[:labels] for _, score in seen], axis=0)
    return sorted(range(labels), key=lambda label: -weakness[label])


def _name(pool: Pool, label: int) -> str:
    return pool.labels[label] if label < len(pool.labels) else f"label {label + 1}"


def _groups(pool: Pool) -> dict[str, int]:
    space = FeatureSpace.of(pool)
    found = clusters(space.waiting, 2 * max(pool.batch, 1), pool.seed)
    return {candidate.case: int(label) for candidate, label in zip(space.candidates, found, strict=True)}


STRATEGY = ClassStratified()
