"""The model's figure over the labels it was trained on."""

from typing import TYPE_CHECKING

from qtpy.QtWidgets import QWidget

from napari_medal.gui.panels.banded_plot import BandedPlot

if TYPE_CHECKING:
    from napari_medal.loop.stopping import Outlook


class GrowthPlot(BandedPlot):
    """Draws every version with its interval, and the curve with its band as far as twice the labels."""

    def __init__(self, parent: QWidget | None = None) -> None:
        tip = "Every version's figure on the validation set, and the curve that more labels would probably follow"
        super().__init__("Labels", tip, parent)

    def show_outlook(self, outlook: "Outlook") -> None:
        """Draw the versions and the curve."""
        self.set_left(outlook.metric.replace("_", " "))
        points, curve = outlook.points, outlook.expected
        x, y = [float(point.labels) for point in points], [point.figure.value for point in points]
        self.show_points(x, y, [f"v{point.model}: {point.figure}" for point in points])
        self.show_bars(x, y, [point.figure.low for point in points], [point.figure.high for point in points])
        self.show_band(
            [place.labels for place in curve],
            [place.figure.value for place in curve],
            [place.figure.low for place in curve],
            [place.figure.high for place in curve],
        )
