"""Reading times that the project has recorded, and what they say of cases to come."""

from collections.abc import Mapping
from statistics import median

from napari_medal.catalogue.predictions import StoredPrediction
from napari_medal.core.edit_size import EditSize
from napari_medal.core.target import Target
from napari_medal.loop.reading_time import USUAL, ReadingTime, fitted
from napari_medal.loop.session import Session

_LEAST = 5
"""Corrections that were also guessed beforehand, from which on guesses are scaled."""


def recorded_time(session: Session, task: str) -> ReadingTime:
    """Return how long corrections take in this project; a guess until enough were recorded."""
    annotations = session.project.annotations.first_hand(task).values()
    return fitted([(found.edit, found.seconds_spent) for found in annotations if found.edit is not None])


def expected_seconds(session: Session, task: str, seen: Mapping[str, StoredPrediction]) -> dict[str, float]:
    """Return how long a reader will probably take for each case, as far as its prediction tells.

    For a mask the guessed correction is scaled by how much more was corrected than guessed so far, in the middle.
    """
    target = session.task(task).target
    if target is not Target.MASK:
        return dict.fromkeys(seen, USUAL.a_class if target is Target.CLASS else USUAL.a_value)
    time = recorded_time(session, task)
    scale = _scale(session, task)
    return {name: time.seconds(_scaled(found.edit, scale)) for name, found in seen.items() if found.edit is not None}


def _scale(session: Session, task: str) -> float:
    """Return how many times more contour readers drew anew than was guessed."""
    guessed = session.project.predictions.edits(task)
    ratios = []
    for annotation in session.project.annotations.first_hand(task).values():
        if annotation.started_from is None or annotation.edit is None or annotation.confirmed is not None:
            continue
        before = guessed.get((annotation.started_from, annotation.case))
        if before is not None and before.length_mm > 0.0:
            ratios.append(annotation.edit.length_mm / before.length_mm)
    return median(ratios) if len(ratios) >= _LEAST else 1.0


def _scaled(edit: EditSize, scale: float) -> EditSize:
    return EditSize(edit.length_mm * scale, edit.slices, edit.components)
