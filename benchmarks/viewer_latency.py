"""How long the viewer's event loop is held up while a reader works and a model trains.

    xvfb-run -a -s "-screen 0 1600x1000x24" python benchmarks/viewer_latency.py

A timer of 10 ms runs in the window's thread; the longest gaps between its ticks are what a reader would feel. The
same is measured with an idle window first: the machine's own share.
"""

import tempfile
import time
from pathlib import Path

import napari
import numpy as np
from qtpy.QtCore import QEventLoop, QTimer

from napari_medal.core.progress import Silent
from napari_medal.gui.dock import MedalDock
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.creating import TaskWish, new_project
from napari_medal.loop.samples import PHANTOM, get_sample
from napari_medal.loop.session import installed_extensions

_TICK_MS = 10
_SHAPE_NOTE = "phantoms of about 40 x 56 x 40 voxels"


class Pulse:
    """Records the gaps between ticks of a timer in the window's thread."""

    def __init__(self) -> None:
        self.gaps_ms: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps_ms.append((now - self._last) * 1e3)
        self._last = now

    def report(self, what: str) -> None:
        """Print the gaps since the last report as a row."""
        gaps = np.array(self.gaps_ms)
        print(f"| {what} | {np.percentile(gaps, 50):.0f} | {np.percentile(gaps, 95):.0f} | {gaps.max():.0f} |")
        self.gaps_ms.clear()


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sample = get_sample(PHANTOM, folder, cases=12, seed=2, progress=Silent())
        for mask in sorted(sample.labels.iterdir())[4:]:
            mask.unlink()
        wish = TaskWish("segmentation", ("1=anterior", "2=posterior"))
        session = new_project(folder / "project", "latency", [wish], installed_extensions())
        add_cases(session, Source(sample.images, sample.labels), Silent())
        session.close()
        _measure(folder / "project")


def _measure(project: Path) -> None:
    viewer = napari.Viewer()
    viewer.window.resize(1600, 1000)
    dock = MedalDock(viewer)
    viewer.window.add_dock_widget(dock, name="Medal", area="right")
    dock.open_project(project)
    _live(8.0)
    print(f"Gaps between 10 ms ticks, in ms; {_SHAPE_NOTE}\n\n| while | median | 95 % | longest |\n|---|---|---|---|")
    pulse = Pulse()
    _live(3.0)
    pulse.report("nothing happens")
    for _ in range(4):
        dock.desk.open_next()
        _live(1.5)
    pulse.report("cases are opened")
    _move_and_paint(viewer, dock)
    pulse.report("slices are moved and the label is painted")
    dock.training.rounds.start()
    _live(12.0)
    pulse.report("a model trains")
    _move_and_paint(viewer, dock)
    pulse.report("a model trains, slices are moved, the label is painted")
    dock.close_down()
    viewer.close()


def _move_and_paint(viewer: napari.Viewer, dock: MedalDock) -> None:
    depth = int(viewer.dims.nsteps[0])
    for step in range(24):
        viewer.dims.set_current_step(0, (step * 3) % depth)
        label = dock.layers.label
        if label is not None:
            label.paint((viewer.dims.current_step[0], 20, 20 + step % 10), 1)
        _live(0.25)


def _live(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


if __name__ == "__main__":
    main()
