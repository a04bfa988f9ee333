"""A canvas and what it shows, the large one and the small ones alike."""

from dataclasses import dataclass

from napari.components import ViewerModel
from napari.layers import Layer
from qtpy.QtWidgets import QWidget

from napari_medal.gui.views.glass import Glass
from napari_medal.gui.views.projection import Projection
from napari_medal.gui.views.sketch_body import SketchBody


@dataclass(eq=False)
class View:
    """One canvas.

    Args:
        model: What it shows.
        native: The widget that the mouse moves over.
        glass: What is drawn over it.
        body: What a task draws, where it shows three dimensions.
        sequence: The one sequence that it shows; None for whatever is visible in the large view.
    """

    model: ViewerModel
    native: QWidget
    glass: Glass
    body: SketchBody
    sequence: Layer | None = None

    def world(self, x: float, y: float) -> tuple[float, float, float] | None:
        """Return the point (z, y, x) in millimetres under a pixel; None where no slice of a volume is shown."""
        shown = Projection.of(self.model, (self.native.width(), self.native.height()))
        return None if shown is None else shown.to_world(x, y)
