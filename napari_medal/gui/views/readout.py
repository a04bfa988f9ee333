"""What lies under the mouse, in words."""

import numpy as np
from napari.layers import Image, Layer

from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.core.planes import position_words
from napari_medal.gui.label_layer import LabelLayer

Point = tuple[float, float, float]


def readout(point: Point, grid: Grid, image: Layer | None, label: LabelLayer | None, scheme: LabelScheme | None) -> str:
    """Say where a point lies in the patient, how bright it is and what it is labelled; "" outside the volume.

    Args:
        point: (z, y, x) in millimetres along the axes of the canonical array.
        grid: The volume.
        image: The sequence that is seen.
        label: The label.
        scheme: What its values are called.
    """
    place = np.asarray(point) / np.asarray(grid.spacing_mm)
    index = tuple(int(value) for value in np.rint(place))
    if any(value < 0 or value >= size for value, size in zip(index, grid.shape, strict=True)):
        return ""
    x, y, z = (float(value) for value in grid.to_world(place))
    words = [position_words((x, y, z))]
    if isinstance(image, Image):
        words.append(f"{float(image.data[index]):.6g}")
    if label is not None and scheme is not None:
        value = int(label.data[index])
        if value in scheme.values:
            words.append(scheme.by_value(value).name)
    return "  ·  ".join(words)
