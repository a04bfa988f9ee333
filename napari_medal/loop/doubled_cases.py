"""Which exams are there twice, under two names."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from napari_medal.core.case import Case
from napari_medal.core.progress import Progress
from napari_medal.core.second_look import LookKind, SecondLook
from napari_medal.errors import FormatError, GeometryError
from napari_medal.loop.session import Session
from napari_medal.metrics.likeness import likeness
from napari_medal.metrics.point_distances import point_distances

_SAME = 0.999
_FEW = 4
_NEAR = 0.5
"""Share of the usual distance between nearest neighbours from which on voxels are compared."""


def doubled_cases(session: Session, cases: Sequence[Case], progress: Progress) -> list[SecondLook]:
    """Return the cases that show the same as one before them, by name.

    Their files are equal, byte by byte; or they look nearly the same and so do their voxels, whatever the scale of
    the intensities and the order in which they are stored.

    Raises:
        JobCancelled: The person cancelled.
    """
    ordered = sorted(cases, key=lambda case: case.name)
    by_name = {case.name: case for case in ordered}
    first_of: dict[str, str] = {}
    seen: dict[tuple[str, ...], str] = {}
    checksums = session.project.cases.checksums()
    for case in ordered:
        first = seen.setdefault(checksums[case.name], case.name)
        if first != case.name:
            first_of[case.name] = first
    looks = {name: found for name, found in session.project.cases.looks().items() if name in by_name}
    pairs = [pair for pair in _near(looks) if not set(pair) & first_of.keys()]
    for done, (one, other) in enumerate(pairs):
        progress.step(done, len(pairs), "Comparing images that look alike")
        if _shows_same(session, by_name[one], by_name[other]):
            first_of.setdefault(other, first_of.get(one, one))
    return [_look(by_name[name], by_name[first]) for name, first in first_of.items()]


def _look(case: Case, first: Case) -> SecondLook:
    reason = f"the same exam as {first.name}"
    if case.subject != first.subject:
        reason += f", but of another subject ({case.subject}, {first.subject}): splits may leak"
    return SecondLook(case.name, LookKind.DUPLICATE, 1.0, reason)


def _near(looks: Mapping[str, Sequence[float]]) -> Iterator[tuple[str, str]]:
    """Yield pairs of names that lie closer together than neighbours usually do, in order."""
    by_length: defaultdict[int, list[str]] = defaultdict(list)
    for name in sorted(looks):
        if len(looks[name]) and np.isfinite(looks[name]).all():
            by_length[len(looks[name])].append(name)
    for names in by_length.values():
        if len(names) > 1:
            numbers = np.array([looks[name] for name in names], dtype=np.float64)
            for row, column in _close_pairs(numbers):
                yield names[row], names[column]


def _close_pairs(numbers: npt.NDArray[np.float64]) -> list[tuple[int, int]]:
    """Return the positions of points that lie close together, each pair once; all where there are few points."""
    apart = point_distances(numbers)
    np.fill_diagonal(apart, np.inf)
    limit = _NEAR * float(np.median(apart.min(axis=1))) if len(numbers) >= _FEW else np.inf
    rows, columns = np.nonzero(apart <= limit)
    return [(int(row), int(column)) for row, column in zip(rows, columns, strict=True) if row < column]


def _shows_same(session: Session, one: Case, other: Case) -> bool:
    try:
        ours, theirs = (session.files.read_case(case.images) for case in (one, other))
    except (FormatError, GeometryError, OSError):
        return False
    return len(ours) == len(theirs) and all(
        likeness(first.array, second.array) > _SAME for first, second in zip(ours, theirs, strict=True)
    )
