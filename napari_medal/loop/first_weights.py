"""Which weights a training begins with."""

from dataclasses import dataclass

from napari_medal.catalogue.models import ModelStatus, ModelVersion
from napari_medal.core.recipe import Recipe
from napari_medal.loop.session import Session


@dataclass(frozen=True)
class FirstWeights:
    """The weights to begin with, and why.

    Args:
        version: The version whose weights they are; None for random ones.
        shrunk: Whether they are first drawn towards random ones.
        reason: Why, in words.
    """

    version: ModelVersion | None
    shrunk: bool
    reason: str


def first_weights(session: Session, task: str, recipe: Recipe) -> FirstWeights:
    """Go on from the live model, unless that has measured worse.

    The gate measures: when a training that went on from the live model stayed a candidate, the next one shrinks the
    weights first (Ash and Adams 2020, arXiv 1910.08475); when that stays a candidate too, the next begins anew; and so
    in turn until a version goes live.
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
    if len(tried) % 2:
        return FirstWeights(live, True, f"goes on from shrunk weights of model {live.number}: {held_back}")
    return FirstWeights(None, False, f"begins anew: {held_back}")
