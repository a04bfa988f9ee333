"""Slabs of slices to label, where volumes are too large to label whole."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from napari_medal.acquisition.gumbel import gumbel
from napari_medal.acquisition.schedule import Schedule
from napari_medal.acquisition.turns import turns
from napari_medal.core.slice_ranges import in_words


@dataclass(frozen=True, eq=False)
class SliceDoubt:
    """A case that slabs are cut from.

    Args:
        case: Its name.
        uncertainty: (C, Z) mean over each axial slice of the uncertainty times the probability of each class, the
            background first; over the classes it adds up to the mean uncertainty of the slice.
        is_free: (Z,) whether a slice waits for a label still.
    """

    case: str
    uncertainty: npt.NDArray[np.float64]
    is_free: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Slab:
    """Axial slices that are labelled together.

    Args:
        case: The case.
        first: Array slice z that it begins with, from 0.
        last: The slice that it ends with, counted in.
        label: The label in whose turn it was chosen; "" where it was chosen for all together.
        reason: Why it was chosen, for people; slices are counted from 1.
        numbers: The figures behind the reason, by name.
    """

    case: str
    first: int
    last: int
    label: str
    reason: str
    numbers: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Slabs:
    """ClaSP PE at the level of slices (Lüth et al. 2026, arXiv 2601.13677, there for small boxes).

    A slab's worth is the log of its mean uncertainty + Gumbel noise of scale 1 / beta. The share `share` of the slabs
    goes to the labels in turn, the most uncertain label first, each by its own part of the uncertainty; the rest goes
    by all of it. No two slabs overlap. Slices are as small as a label gets here: a part of a plane cannot be accepted.

    Args:
        count: How many slabs.
        thickness: Slices in a slab; fewer where no more lie together that wait for a label.
        share: Share of the slabs that go to the labels.
        schedule: How the noise fades.
    """

    count: int = 12
    thickness: int = 5
    share: float = 0.66
    schedule: Schedule = field(default_factory=Schedule)

    def choose(self, cases: Sequence[SliceDoubt], labels: Sequence[str], labelled: int, seed: int) -> list[Slab]:
        """Return the slabs, the first choice first; fewer than `count` where there are no more.

        Args:
            cases: The cases that wait for a label, or for the rest of one.
            labels: Names of the labels, in order.
            labelled: Cases that are labelled already, as a whole or in part.
            seed: Makes the noise repeatable.
        """
        windows = [window for found in cases for window in self._windows(found)]
        if not windows:
            return []
        beta = self.schedule.beta(labelled, max(labelled, len(cases)))
        strongest = np.mean([window.parts for window in windows], axis=0)
        order = sorted(range(len(labels)), key=lambda label: -strongest[label + 1])
        queues = [_queue(windows, None, beta, (seed, labelled))]
        queues += [_queue(windows, label + 1, beta, (seed, labelled)) for label in order]
        turn = turns(self.share, len(labels), 0)
        chosen: list[_Window] = []
        slabs = []
        for number in range(self.count):
            whose = turn(number)
            window = _next(queues[whose], chosen)
            if window is None:
                whose, window = 0, _next(queues[0], chosen)
            if window is None:
                break
            chosen.append(window)
            slabs.append(_told(window, labels, order[whose - 1] if whose else None, beta))
        return slabs

    def _windows(self, found: SliceDoubt) -> Iterator["_Window"]:
        """Give every slab that a case has: those in each run of free slices, or the run itself if it is short."""
        edges = np.flatnonzero(np.diff(np.concatenate([[False], found.is_free, [False]]).astype(np.int8)))
        sums = np.concatenate([np.zeros((len(found.uncertainty), 1)), np.cumsum(found.uncertainty, axis=1)], axis=1)
        for begin, end in edges.reshape(-1, 2).tolist():
            size = min(self.thickness, end - begin)
            for first in range(begin, end - size + 1):
                parts = np.maximum(sums[:, first + size] - sums[:, first], 0.0) / size
                yield _Window(found.case, first, first + size - 1, tuple(parts.tolist()))


@dataclass(frozen=True)
class _Window:
    """A slab that may be chosen, with the uncertainty of each class in it."""

    case: str
    first: int
    last: int
    parts: tuple[float, ...]

    def meets(self, other: "_Window") -> bool:
        """Whether the two share a slice."""
        return self.case == other.case and self.first <= other.last and other.first <= self.last


def _queue(windows: Sequence[_Window], part: int | None, beta: float, seeds: tuple[int, int]) -> list[_Window]:
    """Return the slabs that are in doubt at all, by a class or by all together, the most valuable last."""
    valued = []
    for window in windows:
        uncertainty = sum(window.parts) if part is None else window.parts[part]
        if uncertainty > 0.0:
            noise = gumbel(f"{window.case}/{window.first}", *seeds, 0 if part is None else part) / beta
            valued.append((math.log(uncertainty) + noise, window.case, window.first, window))
    return [window for *_, window in sorted(valued, key=lambda found: found[:3])]


def _next(queue: list[_Window], chosen: Sequence[_Window]) -> _Window | None:
    """Take the most valuable slab that overlaps none of the chosen ones; None where there is no more."""
    while queue:
        window = queue.pop()
        if not any(window.meets(other) for other in chosen):
            return window
    return None


def _told(window: _Window, labels: Sequence[str], label: int | None, beta: float) -> Slab:
    whose = "" if label is None else labels[label]
    slices = in_words(((window.first, window.last),))
    plural = "slice" if window.first == window.last else "slices"
    reason = f"{whose or 'something'} uncertain on {plural} {slices}"
    numbers = [("uncertainty", sum(window.parts)), ("beta", beta)]
    numbers += [] if label is None else [(f"uncertainty of {whose}", window.parts[label + 1])]
    return Slab(window.case, window.first, window.last, whose, reason, tuple(numbers))
