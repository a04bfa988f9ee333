"""Which slices to label next, where volumes are too large to label whole."""

import numpy as np

from napari_medal.acquisition.slabs import Slab, Slabs, SliceDoubt
from napari_medal.catalogue.predictions import Maps
from napari_medal.core.progress import Progress
from napari_medal.core.slice_ranges import as_flags
from napari_medal.errors import ProjectError
from napari_medal.loop.counted import counted
from napari_medal.loop.ranking import rank
from napari_medal.loop.session import Session


def slabs(session: Session, task: str, choice: Slabs, progress: Progress) -> list[Slab]:
    """Choose slabs of the cases that wait for a label, the first choice first; slices that are accepted are left out.

    The uncertainty is the map of the task's measure as the live model's predictions keep it, times the probability of
    each class; with the measure `entropy` it is that of ClaSP PE. One case's maps are unpacked at a time.

    Raises:
        ProjectError: No model is live, or it has kept no map of a mask.
        JobCancelled: The person cancelled.
    """
    live = session.project.models.live(task)
    if live is None:
        msg = f"The task '{task}' has no live model that could be uncertain; train one first."
        raise ProjectError(msg)
    stored = session.project.predictions.by(task, live.number)
    waiting = sorted({entry.case for entry in rank(session, task, "first")} & stored.keys())
    accepted = counted(session, task)
    found = []
    for number, case in enumerate(waiting):
        progress.step(number, len(waiting), "Looking at slices")
        maps = session.project.predictions.maps(stored[case])
        if maps is not None and maps.uncertainty is not None:
            annotation = accepted.get(case)
            confirmed = () if annotation is None else annotation.confirmed
            is_free = ~as_flags(confirmed, maps.uncertainty.shape[0])
            found.append(SliceDoubt(case, _of_slices(maps, progress), is_free))
    if not found:
        msg = f"Model {live.number} of the task '{task}' keeps no maps of a case that waits; predict masks first."
        raise ProjectError(msg)
    seed = session.project.settings.training.seed
    return choice.choose(found, session.scheme(task).names, len(accepted), seed)


def _of_slices(maps: Maps, progress: Progress) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """Return the mean over each slice of the uncertainty times the probability of each class, (C, Z)."""
    probabilities, uncertainty = maps.probabilities, maps.uncertainty
    if uncertainty is None:
        return np.zeros((probabilities.shape[0], 0))
    means = np.zeros((probabilities.shape[0], uncertainty.shape[0]))
    for z in range(uncertainty.shape[0]):
        progress.check()
        here = uncertainty[z : z + 1][0]
        means[:, z] = (probabilities[:, z] * here).mean(axis=(1, 2))
    return means
