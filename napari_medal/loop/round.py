"""One round: retrain, and if the new version goes live, predict and re-rank with it."""

from dataclasses import dataclass

from napari_medal.catalogue.models import ModelStatus, ModelVersion
from napari_medal.core.progress import Progress
from napari_medal.loop.labelled import Unreadable
from napari_medal.loop.prediction import predict
from napari_medal.loop.session import Session
from napari_medal.loop.training import train_model


@dataclass(frozen=True)
class RoundReport:
    """The version that came of it, the number of cases predicted anew, and the cases that could not be read."""

    version: ModelVersion
    predicted: int
    unreadable: tuple[Unreadable, ...]


def retrain(session: Session, task: str, progress: Progress) -> RoundReport:
    """Train on every accepted label; a version that goes live predicts the waiting cases.

    All of it gives way to a prediction that a reader waits for.

    Raises:
        ModelError: No accepted label can be read.
        JobCancelled: The person cancelled.
    """
    progress = session.turns.giving_way(progress)
    trained = train_model(session, task, progress)
    if trained.version.status is not ModelStatus.LIVE:
        return RoundReport(trained.version, 0, trained.unreadable)
    predicted = predict(session, task, progress)
    return RoundReport(trained.version, predicted.cases, trained.unreadable + predicted.unreadable)
