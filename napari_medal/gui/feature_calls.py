"""What is read off masks, as the worker and jobs ask for it.

The loop is imported in here, which is to say in their threads: it brings the engine's libraries along.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from napari_medal.gui.case_figures import CaseFigures

if TYPE_CHECKING:
    from napari_medal.core.grid import Grid
    from napari_medal.core.progress import Progress
    from napari_medal.loop.cohort_features import Findings
    from napari_medal.loop.session import Session
    from napari_medal.types import LabelArray


def measure_cohort(session: "Session", task: str, reader: str, progress: "Progress") -> tuple[CaseFigures, ...]:
    """Measure every mask that a reader may see."""
    from napari_medal.loop.cohort_features import MaskSource, cohort_features
    from napari_medal.loop.reading_mode import sight_of

    found = cohort_features(session, task, progress).cases
    sights = {case: sight_of(session, task, case, reader) for case in {figures.case for figures in found}}
    return tuple(
        CaseFigures(figures.case, is_prediction, figures.values)
        for figures in found
        for is_prediction in (figures.source is MaskSource.PREDICTION,)
        if (sights[figures.case].prediction if is_prediction else sights[figures.case].labels)
    )


def measure_mask(
    session: "Session", task: str, mask: "LabelArray", grid: "Grid", is_wanted: Callable[[], bool]
) -> "Findings | None":
    """Measure a mask (Z, Y, X) of a case; None if that is not wanted any more by the time that it is its turn."""
    from napari_medal.loop.cohort_features import findings

    return findings(session, task, mask.copy(), grid) if is_wanted() else None
