"""What is known of a model version's quality."""

from dataclasses import dataclass

from napari_medal.catalogue.models import ModelVersion
from napari_medal.errors import ModelError, ProjectError
from napari_medal.loop.calibration import Calibration, read_calibration
from napari_medal.loop.evaluation_table import EvaluationTable, read_evaluation
from napari_medal.loop.session import Session


@dataclass(frozen=True)
class ModelReport:
    """A version, its figures, and how its probabilities were calibrated."""

    version: ModelVersion
    table: EvaluationTable
    calibration: Calibration | None


def report(session: Session, task: str, number: int | None = None) -> ModelReport:
    """Read what was kept when a version was judged; without a number, of the live one.

    Raises:
        ModelError: There is no model yet.
        ProjectError: There is no such version, it was never judged, or a file of it is damaged.
    """
    models = session.project.models
    version = models.live(task) if number is None else models.get(task, number)
    if version is None:
        msg = f"The task '{task}' has no model yet: accept some labels, then train."
        raise ModelError(msg)
    table = read_evaluation(version.folder)
    if table is None:
        msg = (
            f"Model {version.number} has no table of figures: no labelled subject was in the validation set when it "
            "was trained, or an earlier napari-medal trained it."
        )
        raise ProjectError(msg)
    return ModelReport(version, table, read_calibration(version.folder))
