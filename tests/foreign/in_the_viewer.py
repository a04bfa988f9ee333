"""Open a project in napari as a person would, and say what stands in the dock, as JSON."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import napari
from qtpy.QtCore import QEventLoop, QSettings, QTimer
from qtpy.QtWidgets import QWidget

_LOOK_MS = 20
_PATIENCE_MS = 60_000


def wait_until(holds: Callable[[], bool]) -> None:
    """Let events happen until something holds."""
    loop, clock = QEventLoop(), QTimer()
    clock.timeout.connect(lambda: loop.quit() if holds() else None)
    clock.start(_LOOK_MS)
    QTimer.singleShot(_PATIENCE_MS, lambda: loop.exit(1))
    if loop.exec():
        sys.exit("Waited in vain.")


def main(project: Path, case: str) -> None:
    """Open the dock by its entry in napari's menu, then the project, then a case, and read its panel."""
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(project / "qt"))
    viewer = napari.Viewer()
    _, dock = viewer.window.add_plugin_dock_widget("napari-medal")
    dock.open_project(project)
    wait_until(lambda: bool(dock.desk.items))
    dock.desk.open_case(case)
    tabs = dock.panels.tabs
    titles = [tabs.tabText(place) for place in range(tabs.count())]
    tabs.setCurrentIndex(titles.index("Size"))
    panels = [widget for widget in dock.findChildren(QWidget) if type(widget).__module__ == "lesion_size.panel"]
    wait_until(lambda: case in panels[0].text.text() and bool(panels[0].boxes))
    said = {
        "file": sys.modules[type(dock).__module__].__file__,
        "task": dock.desk.task,
        "title": dock.desk.session.task(dock.desk.task).title,
        "panel": [panel.text.text() for panel in panels],
        "drawings": [sorted(panel.boxes) for panel in panels],
    }
    sys.stdout.write(json.dumps(said) + "\n")
    # By the window, within the event loop: a process that ends with windows half deleted may crash in Qt.
    QTimer.singleShot(0, viewer.window._qt_window.close)
    napari.run()


main(Path(sys.argv[1]), sys.argv[2])
