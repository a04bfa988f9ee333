"""What the model says of its own quality beside what it was."""

from typing import TYPE_CHECKING

from qtpy.QtWidgets import QWidget

from napari_medal.gui.panels.banded_plot import BandedPlot

if TYPE_CHECKING:
    from napari_medal.loop.auditing import AuditReport


class QualityPlot(BandedPlot):
    """Draws every audit, what is to be expected, and the range for nine cases in ten."""

    def __init__(self, parent: QWidget | None = None) -> None:
        tip = "Random cases: how sure the model was, and how good it was; the band holds for about nine cases in ten"
        super().__init__("What the model says: 1 - uncertainty", tip, parent)

    def show_audits(self, report: "AuditReport") -> None:
        """Draw the audits and the map."""
        self.set_left(f"True {report.compared}")
        self.show_points(
            [point.said for point in report.points],
            [point.figure for point in report.points],
            [f"{point.case}, v{point.model}: {point.figure:.3f}" for point in report.points],
        )
        self.show_band(
            [place.said for place in report.band],
            [place.value for place in report.band],
            [place.low for place in report.band],
            [place.high for place in report.band],
        )
