"""The case farthest from all labels."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_medal.acquisition.feature_space import FeatureSpace, Points
from napari_medal.acquisition.placed import placed
from napari_medal.core.strategy import Pool, Ranked

_CHOSEN = 100
"""So many cases, or ten batches, are chosen one after another; the others are sorted by how far away they are then."""


@dataclass(frozen=True)
class KCenter:
    """The case whose nearest labelled case lies farthest away, then the same again, counting it as labelled.

    The greedy solution of the k-center problem, known as core-set (Sener and Savarese 2018, arXiv 1708.00489). It
    covers what there is, odd cases first. Without labels it begins with the case nearest to the mean. Where features
    are missing the order is random.
    """

    name: str = "k-center"
    title: str = "The case that looks least like the labelled ones"
    explained: str = "The case that looks least like any labelled one, so odd cases come first. It needs no model."

    def rank(self, pool: Pool) -> list[Ranked]:
        """Return every candidate once, the farthest first."""
        space = FeatureSpace.of(pool)
        return placed(_farthest_first(space, max(_CHOSEN, 10 * pool.batch)) + space.others(pool))


def _farthest_first(space: FeatureSpace, chosen: int) -> list[Ranked]:
    points, order = space.waiting, list[Ranked]()
    if not len(points):
        return order
    reason = "looks least like the labelled cases"
    nearest = _nearest(points, space.taught)
    if not len(space.taught):
        reason = "looks least like the cases before it"
        middle = int(np.argmin(_nearest(points, points.mean(axis=0, keepdims=True))))
        order.append(Ranked(space.candidates[middle].case, 0.0, "lies in the middle of all cases"))
        nearest = _nearest(points, points[middle : middle + 1])
        nearest[middle] = -np.inf
    while len(order) < min(chosen, len(points)):
        index = int(np.argmax(nearest))
        order.append(_told(space.candidates[index].case, nearest[index], reason))
        nearest = np.minimum(nearest, _nearest(points, points[index : index + 1]))
        nearest[index] = -np.inf
    rest = [index for index in np.argsort(-nearest, kind="stable") if np.isfinite(nearest[index])]
    return order + [_told(space.candidates[index].case, nearest[index], reason) for index in rest]


def _nearest(points: Points, others: Points) -> npt.NDArray[np.float64]:
    """Return the distance of each point to the nearest of the others, (N,); infinite where there are none."""
    nearest = np.full(len(points), np.inf)
    for other in others:
        nearest = np.minimum(nearest, np.linalg.norm(points - other, axis=1))
    return nearest


def _told(case: str, distance: float, reason: str) -> Ranked:
    return Ranked(case, 0.0, reason, (("distance", float(distance)),))


STRATEGY = KCenter()
