"""Ask the model about the case that a reader has before them."""

from napari_medal.core.progress import Progress
from napari_medal.loop.prediction import PredictReport, predict
from napari_medal.loop.session import Session


def predict_now(session: Session, task: str, case: str, progress: Progress) -> PredictReport:
    """Let the live model predict one case before everything that computes in the background.

    Raises:
        ModelError: There is no live model yet.
        JobCancelled: The person cancelled.
    """
    with session.turns.first():
        return predict(session, task, progress, [case])
