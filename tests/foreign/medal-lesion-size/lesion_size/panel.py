"""What the dock shows of a lesion's size."""

from collections.abc import Collection, Sequence

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QCheckBox, QLabel, QVBoxLayout, QWidget

from napari_medal.core.feature import Feature
from napari_medal.core.sketch import Sketch
from napari_medal.gui.case_figures import CaseFigures


class SizePanel(QWidget):
    """A line for each figure of the case at hand, and a box to tick for each drawing."""

    sketch_toggled = Signal(str, bool)
    """The drawing of this name is to be seen, or not any more."""
    open_requested = Signal(str)
    """The reader wants to open this case."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Size")
        self.text = QLabel()
        self.boxes: dict[str, QCheckBox] = {}
        self._features: Sequence[Feature] = ()
        self._layout = QVBoxLayout(self)
        self._layout.addWidget(self.text)
        self._layout.addStretch()

    def show_features(self, features: Sequence[Feature]) -> None:
        """Show what is measured; everything else follows."""
        self._features = features
        self.show_case("", None, None)

    def show_cohort(self, figures: Sequence[CaseFigures]) -> None:
        """Say of how many cases the size is known."""
        self.text.setToolTip(f"{len(figures)} masks are measured")

    def show_case(self, case: str, label: Sequence[float] | None, prediction: Sequence[float] | None) -> None:
        """Show what was measured of the label, or of the prediction where there is no label."""
        values = label if label is not None else prediction
        lines = [case or "No case is open."]
        for feature, value in zip(self._features, values or (), strict=False):
            lines.append(f"{feature.title}: {value:.1f} {feature.unit}")
        self.text.setText("\n".join(lines))

    def show_sketches(self, sketches: Sequence[Sketch], seen: Collection[str]) -> None:
        """Show what can be drawn over the case at hand, and the names of what is seen."""
        for sketch in sketches:
            if sketch.name not in self.boxes:
                self._add_box(sketch)
            box = self.boxes[sketch.name]
            box.blockSignals(True)
            box.setChecked(sketch.name in seen)
            box.blockSignals(False)

    def _add_box(self, sketch: Sketch) -> None:
        box = QCheckBox(sketch.title)
        box.setToolTip(sketch.tip)
        box.toggled.connect(lambda wanted: self.sketch_toggled.emit(sketch.name, wanted))
        self.boxes[sketch.name] = box
        self._layout.insertWidget(self._layout.count() - 1, box)
