"""Which cases look like no other."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from napari_medal.core.second_look import LookKind, SecondLook
from napari_medal.loop.counted import counted
from napari_medal.loop.session import Session
from napari_medal.loop.standing_out import standing_out
from napari_medal.metrics.neighbour_distance import neighbour_distance
from napari_medal.metrics.robust_z import robust_z

_FEWEST = 8
"""Cases from which on there is something to be unlike."""
_UNLIKE = 3.0
"""Robust deviations: one image of many differs by two."""
_LEAST = 0.1
"""Of the logarithm of a distance: a tenth farther is nothing yet."""


def unlike_cases(session: Session, task: str, among: Collection[str]) -> list[SecondLook]:
    """Return the cases that lie far from all others: by what their images look like, or by what the live model sees.

    Args:
        session: The session.
        task: The task, whose live model is asked.
        among: Names of the cases that count.
    """
    looks = {name: found for name, found in session.project.cases.looks().items() if name in among}
    found = _far(looks, "the image looks unlike all others")
    seen = {name: numbers for name, numbers in _seen(session, task).items() if name in among}
    for name, look in _far(seen, "the model sees in it what it sees in no other case").items():
        if name not in found or found[name].suspicion < look.suspicion:
            found[name] = look
    return list(found.values())


def _seen(session: Session, task: str) -> dict[str, tuple[float, ...]]:
    """Return what the live model's deepest layer made of cases, waiting or learnt from."""
    live = session.project.models.live(task)
    if live is None:
        return {}
    noted = session.project.models.features(task, live.number)
    learnt = {name: noted.get(annotation.identifier) for name, annotation in counted(session, task).items()}
    predicted = {name: found.features for name, found in session.project.predictions.by(task, live.number).items()}
    return {name: numbers for name, numbers in {**learnt, **predicted}.items() if numbers is not None}


def _far(features: Mapping[str, Sequence[float]], words: str) -> dict[str, SecondLook]:
    """Return the cases whose features lie far from those of all others; those with other numbers of them are left."""
    usual = _usual_length(features)
    names = [name for name, numbers in features.items() if len(numbers) == usual and np.isfinite(numbers).all()]
    if len(names) < _FEWEST or usual == 0:
        return {}
    distances = neighbour_distance(np.array([features[name] for name in names], dtype=np.float64))
    middle = float(np.median(distances))
    if middle <= 0.0:
        return {}
    deviations = robust_z(np.log(np.maximum(distances, 1e-9 * middle)), _LEAST)
    looks = {}
    for name, distance, deviation in zip(names, distances, deviations, strict=True):
        if deviation >= _UNLIKE:
            reason = f"{words}: {distance / middle:.1f} times as far from the nearest ones as is usual"
            looks[name] = SecondLook(name, LookKind.UNLIKE, standing_out(float(deviation)), reason)
    return looks


def _usual_length(features: Mapping[str, Sequence[float]]) -> int:
    lengths = [len(numbers) for numbers in features.values()]
    return max(set(lengths), key=lengths.count, default=0)
