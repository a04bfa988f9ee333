"""What a correction tool works on."""

from dataclasses import dataclass

from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.core.shares import Shares
from napari_medal.types import FloatArray, ImageArray, LabelArray


@dataclass(frozen=True, eq=False)
class Drawing:
    """A mask under correction, with all that a tool may look at. Nothing in it may be written to.

    Args:
        mask: (Z, Y, X) label values on the canonical grid.
        image: (Z, Y, X) intensities of the channel that is shown.
        grid: Where the voxels lie.
        scheme: The task's labels.
        label: The value that is being drawn.
        index: (z, y, x) of the voxel under the crosshair.
        axis: The array axis that the slices at hand are cut across: 0 axial, 1 coronal, 2 sagittal.
        prediction: (Z, Y, X) label values that the model predicts, if it has.
        probabilities: (C, Z, Y, X) of the model, background first, then the labels in scheme order; if they were kept.
            Take the class and then the part that is wanted: only that is turned into numbers.
    """

    mask: LabelArray
    image: ImageArray
    grid: Grid
    scheme: LabelScheme
    label: int
    index: tuple[int, int, int]
    axis: int = 0
    prediction: LabelArray | None = None
    probabilities: FloatArray | Shares | None = None
