"""Scores that may stand in one order."""

from collections.abc import Mapping

from napari_medal.catalogue.predictions import StoredPrediction
from napari_medal.loop.session import Session


def is_in_force(session: Session, task: str, prediction: StoredPrediction) -> bool:
    """Tell whether a score comes from the measure that the task asks for; where nobody knows, it does."""
    return prediction.measure in (None, session.project.task_settings(task).measure)


def comparable(
    session: Session, task: str, predictions: Mapping[str, StoredPrediction]
) -> Mapping[str, StoredPrediction]:
    """Return the predictions whose scores can be compared, by case.

    They are those by the measure in force; before the model was asked anew there are none, and those before count.
    """
    return {name: found for name, found in predictions.items() if is_in_force(session, task, found)} or predictions
