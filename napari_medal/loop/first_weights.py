"""Which weights a training begins with."""

from dataclasses import dataclass

from napari_medal.catalogue.models import ModelStatus, ModelVersion
from napari_medal.core.recipe import Recipe
from napari_medal.loop.session import Session

_MOST_OF_PLANNED = 3


@dataclass(frozen=True)
class FirstWeights:
    """The weights to begin with, and why.

    Args:
        version: The version whose weights they are; None for random ones.
        shrunk: Whether they are first drawn towards random ones.
        reason: Why, in words.
        to_catch_up: Optimiser steps behind the live model's weights, where a training begins anew beside it; else 0.
    """

    version: ModelVersion | None
    shrunk: bool
    reason: str
    to_catch_up: int = 0

    def cold_steps(self, planned: int) -> int:
        """Return the steps of a training from random weights: those behind the live model, at most thrice the plan's.

        With the plan's own it would be compared with weights that have learnt for several rounds, and lose to them
        whatever it was shown.
        """
        return max(planned, min(self.to_catch_up, _MOST_OF_PLANNED * planned))


def first_weights(session: Session, task: str, recipe: Recipe) -> FirstWeights:
    """Go on from the live model, unless that has measured worse.

    The gate measures: when a training that went on from the live model stayed a candidate, the next one shrinks the
    weights first (Ash and Adams 2020, arXiv 1910.08475); when that stays a candidate too, the next goes on from the
    live model once more, which has other labels to learn by now; the one after begins anew; and so in turn until a
    version goes live.
    """
    live = session.project.models.live(task)
    if live is None:
        return FirstWeights(None, False, "the first training")
    if live.recipe != recipe.name:
        return FirstWeights(None, False, f"the live model is of another recipe, '{live.recipe}'")
    tried = [
        version
        for version in session.project.models.all(task)
        if version.number > live.number and version.status is ModelStatus.CANDIDATE and version.recipe == recipe.name
    ]
    if not tried:
        return FirstWeights(live, False, f"goes on from model {live.number}")
    held_back = f"{len(tried)} version{'s' if len(tried) > 1 else ''} after model {live.number} stayed candidates"
    match len(tried) % 3:
        case 1:
            return FirstWeights(live, True, f"goes on from shrunk weights of model {live.number}: {held_back}")
        case 2:
            return FirstWeights(live, False, f"goes on from model {live.number} once more: {held_back}")
    return FirstWeights(None, False, f"begins anew: {held_back}", _steps(session, live))


def _steps(session: Session, version: ModelVersion) -> int:
    """Return the optimiser steps that lie behind a version's weights."""
    if version.started_from is None:
        return version.plan.cold_steps
    return version.plan.warm_steps + _steps(session, session.project.models.get(version.task, version.started_from))
