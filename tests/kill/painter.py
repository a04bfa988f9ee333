"""A viewer in which somebody paints, until it is killed.

    python -m tests.kill.painter PROJECT

Opens the first case, paints strokes with the mouse, and prints a line for each that is on the disk: how many strokes
there are and the checksum of the label.
"""

import sys
import zlib
from pathlib import Path

import napari
from qtpy.QtCore import QPoint, Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication

from napari_medal.gui.dock import MedalDock


def main(project: Path) -> None:
    """Paint for ever."""
    viewer = napari.Viewer()
    dock = MedalDock(viewer)
    viewer.window.add_dock_widget(dock, name="Medal", area="right")
    dock.open_project(project)
    _wait_until(lambda: bool(dock.desk.items))
    dock.desk.open_next()
    _wait_until(lambda: dock.desk.reading is not None)
    label, canvas = dock.layers.label, viewer.window._qt_viewer.canvas.native
    label.brush_size = 2
    centre = canvas.rect().center()
    for number in range(1, 10_000):
        label.selected_label = 1 + number % 2
        begin = centre + QPoint(-80 + 12 * (number % 13), -60 + 9 * (number % 11))
        _drag(canvas, begin, begin + QPoint(30, 25))
        if label.undo_steps != min(number, 100):
            raise SystemExit(f"stroke {number} was not drawn: {label.undo_steps} steps")
        _wait_until(lambda: not dock.desk.reading.is_dirty)
        sys.stdout.write(f"{number} {zlib.crc32(dock.layers.mask())}\n")
        sys.stdout.flush()


def _drag(canvas: object, begin: QPoint, end: QPoint) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseMove(canvas, begin)
    QTest.mousePress(canvas, left, none, begin)
    for part in range(1, 5):
        QTest.mouseMove(canvas, begin + (end - begin) * part / 4)
        QApplication.processEvents()
    QTest.mouseRelease(canvas, left, none, end)
    QApplication.processEvents()


def _wait_until(happens: object) -> None:
    while not happens():
        QTest.qWait(5)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
