"""A prediction as it was kept, in the form that a task compares."""

import numpy as np

from napari_medal.catalogue.predictions import StoredPrediction
from napari_medal.core.prediction import Prediction
from napari_medal.loop.session import Session

_NONE = np.empty(0, dtype=np.float32)


def kept_prediction(session: Session, task: str, stored: StoredPrediction) -> Prediction | None:
    """Read a prediction back; None where what a comparison needs was not kept.

    A mask comes without its probabilities, which are large, and which no comparison of masks needs. Those of a class
    are thrown away when another version takes over.

    Raises:
        FormatError, GeometryError, ProjectError: A file of it is damaged.
    """
    if stored.mask is not None:
        grid = session.files.read(stored.mask)[0].grid
        return Prediction(stored.score, _NONE, mask=session.files.read_mask(stored.mask, grid, session.scheme(task)))
    if stored.value is not None:
        return Prediction(
            stored.score, np.array([stored.value], dtype=np.float32), value=stored.value, spread=stored.spread
        )
    maps = session.project.predictions.maps(stored)
    if maps is None:
        return None
    return Prediction(stored.score, np.asarray(maps.probabilities), class_value=stored.class_value)
