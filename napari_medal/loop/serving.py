"""Go back to an earlier model version, or forward to one that the gate held back."""

from dataclasses import dataclass
from datetime import UTC, datetime

from napari_medal.catalogue.models import ModelStatus, ModelVersion
from napari_medal.core.progress import Progress
from napari_medal.engine.weights import load_members
from napari_medal.loop.calibration import read_calibration
from napari_medal.loop.labelled import Unreadable
from napari_medal.loop.prediction import predict
from napari_medal.loop.session import Session

_EARLIER = " The gate said: "


@dataclass(frozen=True)
class ServeReport:
    """The version that serves now, how many cases it predicted anew, and those that could not be read."""

    version: ModelVersion
    predicted: int
    unreadable: tuple[Unreadable, ...]


def serve(session: Session, task: str, number: int, progress: Progress) -> ServeReport:
    """Let a version serve, whatever the gate said of it, and rank by what it says.

    Its earlier predictions count again; the cases that it has not seen, or whose probabilities were thrown away when a
    later version took over, it predicts anew. The next training starts from it and is compared with it.

    Raises:
        ProjectError: There is no such version, or its calibration is damaged.
        ModelError: Its weights are missing or damaged; the live version stays.
        ExtensionError: Its recipe is not installed; the live version stays.
        JobCancelled: The person cancelled while it predicted; it serves already, and what was predicted is kept.
    """
    version = session.project.models.get(task, number)
    session.extensions.recipes.get(version.recipe)
    load_members(version.folder)
    read_calibration(version.folder)
    if version.status is not ModelStatus.LIVE:
        progress.check()
        reason = f"Serves by choice since {datetime.now(UTC):%Y-%m-%d}, in place of {_before(session, task)}."
        earlier = version.reason.rpartition(_EARLIER)[2]
        version = session.project.models.serve(task, number, f"{reason}{_EARLIER}{earlier}")
    predicted = predict(session, task, progress, missing_only=True)
    return ServeReport(version, predicted.cases, predicted.unreadable)


def _before(session: Session, task: str) -> str:
    live = session.project.models.live(task)
    return "no other" if live is None else f"model {live.number}"
