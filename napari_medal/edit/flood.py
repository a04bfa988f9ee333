"""Draw what has the intensity of the voxel under the crosshair."""

from dataclasses import dataclass

import numpy as np

from napari_medal.core.drawing import Drawing
from napari_medal.core.progress import Progress
from napari_medal.core.stroke import Stroke
from napari_medal.core.tool import Option, option
from napari_medal.edit.chosen_label import chosen_label
from napari_medal.edit.extent import Extent
from napari_medal.edit.redraw import redraw
from napari_medal.edit.region import Region
from napari_medal.errors import DrawingError


@dataclass(frozen=True)
class Flood:
    """Adds what hangs together, by faces, with the voxel under the crosshair and is about as bright."""

    name: str = "flood"
    title: str = "Flood"
    tip: str = "Draw from the crosshair on, as far as the image is about as bright; other labels hold it up"
    group: str = "Image"
    tolerance: float = option(20.0, Option("Tolerance", "How much brighter or darker, in intensity", 0.0, 1e6, 1.0))
    distance_mm: float = option(30.0, Option("At most", "How far from the crosshair it flows", 0.1, 1000.0, 5.0, "mm"))
    extent: Extent = option(Extent.SLICE, Option("Where", "In this slice only, or in 3D"))

    def apply(self, drawing: Drawing, progress: Progress) -> Stroke:
        """Return the label with what was flooded.

        Raises:
            DrawingError: The crosshair is on another label.
        """
        from skimage.segmentation import flood

        label = chosen_label(drawing)
        under = int(drawing.mask[drawing.index])
        if under not in (0, label):
            msg = f"The crosshair is on {drawing.scheme.by_value(under).name}; move it to where the label is wanted."
            raise DrawingError(msg)
        region = Region.near(drawing.index, self.distance_mm, drawing.grid)
        if self.extent is Extent.SLICE:
            region = region.at_slice(drawing.axis, drawing.index[drawing.axis])
        progress.check()
        before, image = region.of(drawing.mask), region.of(drawing.image).astype(np.float64)
        seed = region.place(drawing.index)
        away_mm2 = sum(
            ((np.arange(size) - place) * mm).reshape([-1 if axis == own else 1 for axis in range(3)]) ** 2
            for own, (size, place, mm) in enumerate(zip(before.shape, seed, region.spacing_mm, strict=True))
        )
        passable = (np.abs(image - image[seed]) <= self.tolerance) & ((before == 0) | (before == label))
        passable &= np.asarray(away_mm2) <= self.distance_mm**2
        reached = flood(passable.astype(np.uint8), seed, connectivity=1)  # type: ignore[no-untyped-call]
        wanted = reached | (before == label)
        return region.stroke(drawing, redraw(before, label, wanted), self.title)


TOOL = Flood()
