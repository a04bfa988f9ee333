"""Splits that a folder states, taken over."""

from collections.abc import Sequence

from napari_medal.core.case import Split
from napari_medal.loop.incoming import Incoming
from napari_medal.loop.session import Session


def take_splits(session: Session, cases: Sequence[Incoming]) -> list[str]:
    """Put subjects into the split that the folder states for their cases; say which could not be.

    A subject of which one case is stated to be in another split than the next stays undrawn, and one that was drawn
    before stays where it is.
    """
    stated: dict[str, set[Split]] = {}
    for case in cases:
        if case.found.split is not Split.UNDRAWN:
            stated.setdefault(case.subject, set()).add(case.found.split)
    drawn = {case.subject: case.split for case in session.project.cases.all()}
    refused = []
    wanted: dict[Split, list[str]] = {}
    for subject, splits in sorted(stated.items()):
        names = " and ".join(sorted(split.value for split in splits))
        if len(splits) > 1:
            refused.append(f"Subject {subject}: the folder puts its cases into {names}; it stays undrawn.")
        elif drawn[subject] is Split.UNDRAWN:
            wanted.setdefault(next(iter(splits)), []).append(subject)
        elif drawn[subject] not in splits:
            refused.append(f"Subject {subject}: the folder puts it into {names}; it is in {drawn[subject]} and stays.")
    for split, subjects in wanted.items():
        session.project.cases.draw(subjects, split)
    return refused
