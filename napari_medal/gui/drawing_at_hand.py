"""What a tool works on, from what the viewer shows."""

from typing import TYPE_CHECKING

from napari_medal.core.drawing import Drawing
from napari_medal.core.labels import LabelScheme
from napari_medal.gui.label_layer import LabelLayer
from napari_medal.types import ImageArray

if TYPE_CHECKING:
    from napari.viewer import Viewer

    from napari_medal.loop.opening import OpenedCase


def drawing_at_hand(opened: "OpenedCase", scheme: LabelScheme, label: LabelLayer, viewer: "Viewer") -> Drawing:
    """Return the mask under correction, with the image that is seen and the voxel under the crosshair."""
    grid = opened.volumes[0].grid
    dims = viewer.dims
    first = dims.ndim - len(grid.shape)
    index = tuple(
        min(size - 1, max(0, round(point / mm)))
        for point, mm, size in zip(dims.point[first:], grid.spacing_mm, grid.shape, strict=True)
    )
    return Drawing(
        mask=label.data,
        image=_image_shown(opened, viewer),
        grid=grid,
        scheme=scheme,
        label=int(label.selected_label),
        index=(index[0], index[1], index[2]),
        axis=next(axis - first for axis in dims.order if axis >= first),
        prediction=opened.prediction,
        probabilities=opened.probabilities,
    )


def _image_shown(opened: "OpenedCase", viewer: "Viewer") -> ImageArray:
    """Return the channel that is seen: the uppermost one that is not hidden; the first one if all are."""
    arrays: list[ImageArray] = [volume.array for volume in opened.volumes]
    shown = [layer.data for layer in viewer.layers if layer.visible]
    seen = [array for data in shown for array in arrays if array is data]
    return seen[-1] if seen else arrays[0]
