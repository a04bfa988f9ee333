"""What lies on the glass of every view of a case."""

from dataclasses import dataclass

from napari_medal.core.ruler import Ruler
from napari_medal.core.sketch_lines import SketchLines
from napari_medal.gui.views.glass import Glass


@dataclass(frozen=True)
class Marks:
    """What is wanted on every glass.

    Args:
        crosshair: Lines through the common point.
        letters: The sides of the patient.
        scale: A bar in millimetres, in the large view.
        rulers: Measured lines.
        sketches: What a task draws.
    """

    crosshair: bool = True
    letters: bool = True
    scale: bool = True
    rulers: tuple[Ruler, ...] = ()
    sketches: tuple[SketchLines, ...] = ()

    def lay_on(
        self,
        glass: Glass,
        point: tuple[float, float, float] | None,
        slice_mm: tuple[float, float, float],
        is_volume: bool,
    ) -> None:
        """Paint them on one glass, with the crosshair at a point (z, y, x) in millimetres."""
        glass.point, glass.rulers, glass.sketches, glass.slice_mm = point, self.rulers, self.sketches, slice_mm
        glass.show_crosshair = self.crosshair
        glass.show_letters = self.letters and is_volume
        glass.update()
