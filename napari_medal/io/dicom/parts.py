"""Several volumes in one series: echoes, points in time, b-values, kinds of image."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain, combinations

import numpy as np

from napari_medal.io.dicom.frame import Frame


def split_parts(frames: Sequence[Frame]) -> list[list[Frame]]:
    """Split placed pictures into volumes in which no position occurs twice, if something tells them apart.

    The first of `Header.parts` that does is taken, else the first two of them together; volumes come in the order of
    the values, as numbers where they are. Where nothing does, all pictures come back as one volume, and the doubled
    positions are there to be refused.
    """
    if max(Counter(map(_place, frames)).values()) == 1:
        return [list(frames)]
    criteria = range(len(frames[0].parts))
    for chosen in chain(combinations(criteria, 1), combinations(criteria, 2)):
        groups: dict[tuple[str, ...], list[Frame]] = {}
        for frame in frames:
            groups.setdefault(tuple(frame.parts[criterion] for criterion in chosen), []).append(frame)
        if len(groups) > 1 and _are_whole(list(groups.values())):
            return [groups[values] for values in sorted(groups, key=lambda values: [_rank(value) for value in values])]
    return [list(frames)]


def _place(frame: Frame) -> tuple[float, ...]:
    return tuple(np.round(frame.position_mm or (), 2).tolist())


def _are_whole(groups: Sequence[Sequence[Frame]]) -> bool:
    """Tell whether each group has every position once."""
    places = [Counter(map(_place, group)) for group in groups]
    return all(place == places[0] and max(place.values()) == 1 for place in places)


def _rank(value: str) -> tuple[float, str]:
    try:
        return float(value), ""
    except ValueError:
        return float("inf"), value
