"""What is drawn over a view: the sides of the patient, the crosshair, measured lines, what a task draws."""

from collections.abc import Sequence
from math import floor, log10
from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, QLineF, QObject, QPointF, QRectF, Qt
from qtpy.QtGui import QColor, QPainter, QPaintEvent, QPen
from qtpy.QtWidgets import QWidget

from napari_medal.core.planes import Edges, Plane
from napari_medal.core.ruler import Ruler
from napari_medal.core.sketch_lines import SketchLines
from napari_medal.gui.views.projection import Projection

if TYPE_CHECKING:
    from napari.components import ViewerModel

PLANE_COLORS = {Plane.AXIAL: "#ff6b5e", Plane.CORONAL: "#5fd068", Plane.SAGITTAL: "#ffd84d"}
"""One for each plane, told apart by their names too."""

_LETTER = QColor("#ffffff")
_SHADOW = QColor(0, 0, 0, 190)
_SOFT_SHADOW = QColor(0, 0, 0, 110)
_RULER = QColor("#7fe3ff")
_GROUND = QColor(0, 0, 0, 180)
_MARGIN = 6
_GAP = 9
_ALPHA = 170
_CROSS = 4
"""Pixels that a mark reaches to each side."""
_QUARTER = 90.0
_TILTED = 45.0
"""Degrees: marks of a prediction are × where those of a label are +."""


_SCALE_PART = 0.2
"""Of the width of the view: a scale bar is at most as long."""


class Glass(QWidget):
    """A transparent sheet over a canvas, for napari's mouse not there.

    Args:
        viewer: What the canvas shows.
        canvas: The canvas; the sheet is as large as it is.
    """

    def __init__(self, viewer: "ViewerModel", canvas: QWidget) -> None:
        super().__init__(canvas)
        self._viewer = viewer
        self._canvas = canvas
        self.title = ""
        self.text = ""
        self.point: tuple[float, float, float] | None = None
        """Where the crosshair is, (z, y, x) in millimetres."""
        self.show_letters = True
        self.show_crosshair = True
        self.show_scale = False
        self.rulers: Sequence[Ruler] = ()
        self.sketches: Sequence[SketchLines] = ()
        self.slice_mm = (1.0, 1.0, 1.0)
        """Distance between two slices, for each axis."""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setObjectName("medalGlass")
        canvas.installEventFilter(self)
        self._emitters = (
            viewer.scene.camera.events.center,
            viewer.scene.camera.events.zoom,
            viewer.scene.camera.events.orientation,
            viewer.dims.events.point,
            viewer.dims.events.order,
            viewer.dims.events.ndisplay,
            viewer.layers.events.inserted,
            viewer.layers.events.removed,
        )
        for emitter in self._emitters:
            emitter.connect(self._on_moved)
        self.setGeometry(canvas.rect())
        self.show()
        self.raise_()

    @property
    def edges(self) -> Edges | None:
        """The letters that are shown."""
        shown = self._projection()
        return shown.edges if shown is not None and self.show_letters else None

    def show_text(self, text: str) -> None:
        """Show a line in the corner; nothing else is painted anew."""
        if text != self.text:
            self.text = text
            self.update(self._text_box().toAlignedRect())

    def release(self) -> None:
        """Let go of the viewer."""
        for emitter in self._emitters:
            emitter.disconnect(self._on_moved)
        self._canvas.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Stay as large as the canvas."""
        if watched is self._canvas and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._canvas.rect())
        return bool(super().eventFilter(watched, event))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name
        """Paint what is wanted."""
        shown = self._projection()
        if shown is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.show_crosshair and self.point is not None:
            self._paint_crosshair(painter, shown, self.point)
        for sketch in sorted(self.sketches, key=_level):
            self._paint_sketch(painter, shown, sketch)
        for ruler in self.rulers:
            self._paint_ruler(painter, shown, ruler)
        if self.show_letters:
            self._paint_letters(painter, shown.edges)
        if self.show_scale:
            self._paint_scale(painter, shown)
        self._paint_title(painter, shown)
        if self.text:
            _write(painter, self._text_box(), self.text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.end()

    def _projection(self) -> Projection | None:
        return Projection.of(self._viewer, (self._canvas.width(), self._canvas.height()))

    def _paint_crosshair(self, painter: QPainter, shown: Projection, point: tuple[float, float, float]) -> None:
        x, y = shown.to_canvas(point)
        lines = (
            (shown.order[2], QPointF(x, 0), QPointF(x, y - _GAP), QPointF(x, y + _GAP), QPointF(x, self.height())),
            (shown.order[1], QPointF(0, y), QPointF(x - _GAP, y), QPointF(x + _GAP, y), QPointF(self.width(), y)),
        )
        for axis, start, before, after, end in lines:
            color = QColor(PLANE_COLORS[Plane(axis)])
            color.setAlpha(_ALPHA)
            painter.setPen(QPen(color, 1))
            painter.drawLine(start, before)
            painter.drawLine(after, end)

    def _paint_ruler(self, painter: QPainter, shown: Projection, ruler: Ruler) -> None:
        if not ruler.lies_in(shown.order[0], shown.point[shown.order[0]]):
            return
        start, end = (QPointF(*shown.to_canvas(point)) for point in (ruler.start, ruler.end))
        for color, width in ((_SHADOW, 4), (_RULER, 2)):
            painter.setPen(QPen(color, width))
            painter.drawLine(start, end)
        for point in (start, end):
            painter.drawEllipse(point, 3, 3)
        words = f"{ruler.length_mm:.1f} mm"
        wide = self.fontMetrics().horizontalAdvance(words) + 2 * _MARGIN
        high = self.fontMetrics().height()
        x = min(max(end.x() + _MARGIN, 0.0), self.width() - float(wide))
        y = min(max(end.y() - high - _MARGIN, 0.0), self.height() - float(high))
        _write(painter, QRectF(x, y, wide, high), words, Qt.AlignmentFlag.AlignLeft, _RULER)

    def _paint_sketch(self, painter: QPainter, shown: Projection, sketch: SketchLines) -> None:
        axis = shown.order[0]
        within = axis, shown.point[axis], self.slice_mm[axis]
        ends = shown.all_to_canvas(sketch.lines_in(*within)).tolist()
        lines = [QLineF(*start, *end) for start, end in ends]
        tilt = _TILTED if sketch.is_prediction else 0.0
        for x, y in shown.all_to_canvas(sketch.points_in(*within)).tolist():
            lines += [_arm(x, y, tilt), _arm(x, y, tilt + _QUARTER)]
        for color, width in ((_SOFT_SHADOW, 2.6), (QColor(sketch.color), 1.4)):
            painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLines(lines)

    def _paint_letters(self, painter: QPainter, letters: Edges) -> None:
        inside = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        center = Qt.AlignmentFlag.AlignHCenter
        middle = Qt.AlignmentFlag.AlignVCenter
        _write(painter, inside, letters.top, Qt.AlignmentFlag.AlignTop | center)
        _write(painter, inside, letters.bottom, Qt.AlignmentFlag.AlignBottom | center)
        _write(painter, inside, letters.left, Qt.AlignmentFlag.AlignLeft | middle)
        _write(painter, inside, letters.right, Qt.AlignmentFlag.AlignRight | middle)

    def _paint_title(self, painter: QPainter, shown: Projection) -> None:
        inside = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        color = QColor(PLANE_COLORS[Plane(shown.order[0])])
        _write(painter, inside, self.title, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, color)

    def _paint_scale(self, painter: QPainter, shown: Projection) -> None:
        length_mm = scale_length_mm(self.width() * _SCALE_PART / shown.zoom)
        right, bottom = self.width() - 2.0 * _MARGIN, self.height() - 2.0 * _MARGIN
        left = right - length_mm * shown.zoom
        for color, width in ((_SHADOW, 4), (_LETTER, 2)):
            painter.setPen(QPen(color, width))
            painter.drawLine(QPointF(left, bottom), QPointF(right, bottom))
        high = self.fontMetrics().height() + 2.0
        words = f"{length_mm:g} mm"
        wide = self.fontMetrics().horizontalAdvance(words) + 2.0
        box = QRectF(right - wide, bottom - high - 3, wide, high)
        _write(painter, box, words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _text_box(self) -> QRectF:
        high = self.fontMetrics().height() + _MARGIN
        return QRectF(_MARGIN, self.height() - high - _MARGIN, self.width() * 0.75, high)

    def _on_moved(self) -> None:
        self.update()


def _level(sketch: SketchLines) -> tuple[bool, bool]:
    """Return what lies over what: marks over lines, the label's over the prediction's."""
    return len(sketch.points) > 0, not sketch.is_prediction


def _arm(x: float, y: float, degrees: float) -> QLineF:
    """Return a line through a mark."""
    half = QLineF.fromPolar(_CROSS, degrees).p2()
    return QLineF(x - half.x(), y - half.y(), x + half.x(), y + half.y())


def _write(painter: QPainter, box: QRectF, text: str, where: Qt.AlignmentFlag, color: QColor = _LETTER) -> None:
    """Write on a dark ground, so that it can be read on bone, on air and on a light canvas."""
    flags = int(where.value)
    if not text:
        return
    ground = painter.boundingRect(box, flags, text).adjusted(-3, 0, 3, 0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_GROUND)
    painter.drawRoundedRect(ground, 3, 3)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(color)
    painter.drawText(box, flags, text)


def scale_length_mm(longest_mm: float) -> float:
    """Return the longest of 1, 2 and 5 times a power of ten that is not longer than `longest_mm`."""
    power: float = 10.0 ** floor(log10(longest_mm))
    return max(factor * power for factor in (1, 2, 5) if factor * power <= longest_mm * (1 + 1e-9))
