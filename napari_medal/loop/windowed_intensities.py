"""What cases are normalised with after a window was cut out of each."""

from collections.abc import Sequence

import numpy as np

from napari_medal.core.case import Case
from napari_medal.core.plan import Intensities, Plan
from napari_medal.core.progress import Progress
from napari_medal.engine.histogram_window import cut_off
from napari_medal.engine.prepare import seen
from napari_medal.errors import FormatError, GeometryError
from napari_medal.loop.labelled import LabelledCase
from napari_medal.loop.preparation_key import mark
from napari_medal.loop.session import Session


def windowed_intensities(
    session: Session, cases: Sequence[LabelledCase | Case], plan: Plan, progress: Progress
) -> tuple[Intensities, ...]:
    """Return mean and deviation of each channel's windowed intensities over all cases that can be read.

    Raises:
        JobCancelled: The person cancelled.
    """
    moments = []
    for done, entry in enumerate(cases):
        progress.step(done, len(cases), "Measuring intensities")
        try:
            moments.append(_moments(session, entry.case if isinstance(entry, LabelledCase) else entry, plan))
        except (FormatError, GeometryError, OSError):
            continue  # the same error is met and reported where the cases are gathered
    channels = min((len(found) for found in moments), default=0)
    means, squares = np.mean([found[:channels] for found in moments], axis=0).T if channels else ((), ())
    return tuple(
        Intensities(0.0, 1.0, float(mean), float(np.sqrt(max(square - mean**2, 0.0))))
        for mean, square in zip(means, squares, strict=True)
    )


def _moments(session: Session, case: Case, plan: Plan) -> list[tuple[float, float]]:
    """Return the mean of each channel and of its squares, or remember what they were."""
    window = plan.particulars.window
    if window is None:
        return []
    images = tuple(mark(path) for path in case.images)
    key = repr(("windowed", case.name, images, window, plan.particulars.looks_at))
    known = session.scratch.find(key)
    if known is not None:
        return [(float(mean), float(square)) for mean, square in known["moments"]]
    found = []
    for volume in seen(session.files.read_case(case.images), plan):
        values = np.array(volume.array, dtype=np.float32)
        cut_off(values, window.low_percentile, window.bins, window.reach)
        found.append((float(values.mean(dtype=np.float64)), float(np.square(values, dtype=np.float64).mean())))
    session.scratch.keep(key, {"moments": np.array(found)})
    return found
