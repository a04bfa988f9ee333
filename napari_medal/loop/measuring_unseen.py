"""Measure the answers of networks that had not seen the label."""

from datetime import UTC, datetime

from napari_medal.core.case import Case
from napari_medal.core.grid import Grid
from napari_medal.core.prediction import Prediction
from napari_medal.core.progress import Progress
from napari_medal.loop.cohort_features import measuring_task
from napari_medal.loop.judging import Truth
from napari_medal.loop.session import Session
from napari_medal.loop.splitting import draw_splits
from napari_medal.loop.unseen import answer_unseen
from napari_medal.loop.unseen_figures import UnseenFigures, keep_unseen_figures


def measure_unseen(session: Session, task: str, folds: int, progress: Progress) -> UnseenFigures:
    """Train a network for each fold of the subjects, and measure its answer to each labelled case that it left out.

    No model version is made. What is measured takes the place of what was kept before. Cases of which only some slices
    are labelled are left out, and the mean of all networks answers for those of the validation set, as in
    `answer_unseen`.

    Raises:
        ModelError: There are fewer labelled subjects than folds, or no label can be read.
        SettingsError: The task reads no figures off its masks.
        JobCancelled: The person cancelled; what was kept before stays.
    """
    behind, scheme = measuring_task(session, task), session.scheme(task)
    measured: dict[str, tuple[float, ...]] = {}

    def observe(case: Case, answer: Prediction, truth: Truth, grid: Grid) -> None:
        del truth
        if answer.mask is not None and answer.mask.shape == grid.shape:
            measured[case.name] = behind.figures(answer.mask, scheme, grid)

    draw_splits(session, task)
    answer_unseen(session, task, folds, progress, [observe])
    found = UnseenFigures(folds, datetime.now(UTC), measured)
    keep_unseen_figures(session, task, behind.features, found)
    return found
