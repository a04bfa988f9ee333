"""How a case is looked at."""

from collections.abc import Sequence

from qtpy.QtCore import Qt, Signal
from qtpy.QtGui import QShowEvent
from qtpy.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from napari_medal.core.label_volume import LabelVolume
from napari_medal.core.planes import Convention, Plane
from napari_medal.gui.panels.window_bar import WindowBar
from napari_medal.gui.views.hand import Tool
from napari_medal.gui.views.small import Small

_TOOLS = (
    (Tool.CROSSHAIR, "Crosshair", "Click or drag to move the crosshair; all views follow (or hold C, or Ctrl+drag)"),
    (Tool.WINDOW, "Window", "Drag: left and right for contrast, up for brighter and down for darker (or hold W)"),
    (Tool.MEASURE, "Measure", "Drag a line to measure a distance in mm (or hold D)"),
)


class ViewingPanel(QScrollArea):
    """Shows how the views are set up and asks for another way."""

    plane_requested = Signal(object)
    """(Plane)"""
    small_requested = Signal(object)
    """(Small)"""
    convention_requested = Signal(object)
    """(Convention)"""
    views_toggled = Signal(bool)
    solid_toggled = Signal(bool)
    marks_changed = Signal()
    tool_requested = Signal(object)
    """(Tool | None)"""
    rulers_cleared = Signal()
    outline_toggled = Signal(object)
    """(bool)"""
    opacity_changed = Signal(float)
    shown = Signal()
    """The panel comes to be seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.views = _check("Small views", "Two more views below the large one")
        self.solid = _check("Label in 3D", "The label as a body, made anew when your hand rests (Y)")
        self.crosshair = _check("Crosshair", "Lines through the common point of all views (Shift+C)", checked=True)
        self.letters = _check("R L A P S I", "The sides of the patient: R L A P S I", checked=True)
        self.scale_bar = _check("Scale bar", "A bar in mm in the large view", checked=True)
        self.planes = _Choice(
            [(plane, plane.title, f"Show the {plane.title.lower()} slice large (Q for the next)") for plane in Plane]
        )
        self.small = _Choice(
            [
                (Small.PLANES, "Planes", "The small views show the two other planes (Shift+Q)"),
                (Small.SEQUENCES, "Sequences", "The small views show the other sequences, same slice (Shift+Q)"),
            ]
        )
        self.convention = _Choice(
            [
                (Convention.RADIOLOGICAL, "Radiological", "The patient's left is on the right of the image"),
                (Convention.NEUROLOGICAL, "Neurological", "The patient's left is on the left of the image"),
            ]
        )
        self.tools = _Choice(list(_TOOLS), may_be_none=True)
        self.clear_rulers = QPushButton("Clear lines")
        self.clear_rulers.setToolTip("Take the measured lines away")
        self.window_bar = WindowBar()
        self.outline = _Choice(
            [(False, "Fill", "Show the label as an area (O)"), (True, "Outline", "Show the label as an outline (O)")]
        )
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(0, 100)
        self.opacity.setToolTip("How much the label covers (comma for less, full stop for more)")
        self.volumes = QLabel()
        self.volumes.setToolTip("Counted when your hand rests")
        self.volumes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._lay_out()
        self._connect()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Say so: what takes time is only worked out for a reader who looks."""
        super().showEvent(event)
        self.shown.emit()

    def show_plane(self, plane: Plane) -> None:
        """Show which plane is large."""
        self.planes.show_value(plane)

    def show_views(self, views: bool, solid: bool) -> None:
        """Show whether the small views are there."""
        for box, on in ((self.views, views), (self.solid, solid)):
            box.blockSignals(True)
            box.setChecked(on)
            box.blockSignals(False)

    def show_label(self, outline: bool, opacity: float) -> None:
        """Show how the label is shown."""
        self.outline.show_value(outline)
        self.opacity.blockSignals(True)
        self.opacity.setValue(round(100 * opacity))
        self.opacity.blockSignals(False)

    def show_volumes(self, volumes: Sequence[LabelVolume]) -> None:
        """Show how much of each label there is."""
        rows = "".join(
            f"<tr><td>{volume.name}&nbsp;&nbsp;</td><td align='right'><b>{volume.ml:.2f} mL</b>&nbsp;&nbsp;</td>"
            f"<td align='right'>{volume.mm3:,.0f} mm³&nbsp;&nbsp;</td>"
            f"<td align='right'>{volume.voxels:,} voxels</td></tr>"
            for volume in volumes
        )
        self.volumes.setText(f"<table cellpadding='1'>{rows}</table>" if rows else "")

    def show_kind(self, volume: bool, mask: bool, sequences: bool) -> None:
        """Offer only what the case at hand has: more than one slice, a label, several sequences."""
        for widget in (self.planes, self.convention, self.views, self.small):
            widget.setEnabled(volume)
        self.small.setEnabled(volume and sequences)
        for part in (self.outline, self.opacity):
            part.setEnabled(mask)
        self.solid.setEnabled(volume and mask)

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(4)
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        rows = (
            ("Large", _row(self.planes)),
            ("Small", _row(self.small)),
            ("Sides", _row(self.convention)),
            ("Show", _row(self.views, self.solid)),
            ("", _row(self.crosshair, self.letters, self.scale_bar)),
            ("Mouse", _row(self.tools)),
            ("Lines", _row(self.clear_rulers)),
            ("Window", _row(self.window_bar)),
            ("Label", _row(self.outline, self.opacity)),
        )
        for place, (title, row) in enumerate(rows):
            grid.addWidget(QLabel(title), place, 0)
            grid.addLayout(row, place, 1)
        column.addLayout(grid)
        column.addWidget(self.volumes)
        column.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _connect(self) -> None:
        self.planes.chosen.connect(self.plane_requested)
        self.small.chosen.connect(self.small_requested)
        self.convention.chosen.connect(self.convention_requested)
        self.views.toggled.connect(self.views_toggled)
        self.solid.toggled.connect(self.solid_toggled)
        self.crosshair.toggled.connect(self.marks_changed)
        self.letters.toggled.connect(self.marks_changed)
        self.scale_bar.toggled.connect(self.marks_changed)
        self.tools.chosen.connect(self.tool_requested)
        self.clear_rulers.clicked.connect(self.rulers_cleared)
        self.outline.chosen.connect(self.outline_toggled)
        self.opacity.valueChanged.connect(self._on_opacity)

    def _on_opacity(self, percent: int) -> None:
        self.opacity_changed.emit(percent / 100)


class _Choice(QWidget):
    """A row of buttons of which one is pressed, or, where that may be, none."""

    chosen = Signal(object)

    def __init__(self, entries: Sequence[tuple[object, str, str]], may_be_none: bool = False) -> None:
        super().__init__()
        self._values = [value for value, _, _ in entries]
        self._group = QButtonGroup(self)
        self._group.setExclusive(not may_be_none)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        for place, (_, title, tip) in enumerate(entries):
            button = QPushButton(title)
            button.setCheckable(True)
            button.setToolTip(tip)
            self._group.addButton(button, place)
            row.addWidget(button)
        if not may_be_none:
            self.show_value(self._values[0])
        self._group.idClicked.connect(self._on_clicked)

    def show_value(self, wanted: object) -> None:
        """Press the button of a value; none for a value without one."""
        for place, value in enumerate(self._values):
            self._group.button(place).setChecked(value == wanted)

    def _on_clicked(self, place: int) -> None:
        pressed = self._group.button(place).isChecked()
        self.show_value(self._values[place] if pressed else None)
        self.chosen.emit(self._values[place] if pressed else None)


def _check(title: str, tip: str, checked: bool = False) -> QCheckBox:
    box = QCheckBox(title)
    box.setToolTip(tip)
    box.setChecked(checked)
    return box


def _row(*widgets: QWidget) -> QLayout:
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        row.addWidget(widget)
    return row
