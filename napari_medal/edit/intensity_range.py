"""How bright the image is under a label."""

import numpy as np

from napari_medal.core.drawing import Drawing
from napari_medal.edit.chosen_label import chosen_label
from napari_medal.edit.region import Region
from napari_medal.errors import DrawingError

_PERCENTILES = (2.0, 98.0)
_MAX_VALUES = 1_000_000


def intensity_range(drawing: Drawing) -> tuple[float, float]:
    """Return the 2nd and the 98th percentile of the image under the label that is being drawn.

    Raises:
        DrawingError: No label is chosen, or nothing is drawn of it.
    """
    label = chosen_label(drawing)
    region = Region.of_labels(drawing, (label,))
    if region is None:
        msg = f"Nothing is drawn of {drawing.scheme.by_value(label).name} yet; draw some of it first."
        raise DrawingError(msg)
    values = region.of(drawing.image)[region.of(drawing.mask) == label]
    low, high = np.percentile(values[:: max(1, values.size // _MAX_VALUES)], _PERCENTILES)
    return float(low), float(high)
