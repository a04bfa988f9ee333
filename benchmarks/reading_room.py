"""What the reading room costs beyond bare napari, on a volume of 512 x 512 x 400 voxels.

    xvfb-run -a -s "-screen 0 1600x1000x24" python benchmarks/reading_room.py

The same volume and label are shown by napari alone and by the dock, each in a process of its own, one after the other.
Both do the same: step through slices, draw with the brush, rest with a timer running. The dock does more: it opens the
next case cold and prepared, moves the crosshair through three views, and works on while a network trains.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from qtpy.QtCore import QEventLoop, QTimer
from qtpy.QtWidgets import QApplication

_SHAPE = (400, 512, 512)
_SPACING_MM = (1.5, 0.8, 0.8)
_STEPS = 40
_STROKES = 40
_CASES = 4
_TICK_MS = 20
_ACT_MS = 150
_PULSE_SECONDS = 8.0
_PATIENCE_MS = 90_000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--side", choices=("napari", "dock"))
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    if arguments.side is not None:
        print(json.dumps(_SIDES[arguments.side](arguments.folder)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_cases(folder / "images")
        _make_project(folder)
        _report({side: _run(side, folder) for side in _SIDES})


def _run(side: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, __file__, "--side", side, "--folder", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{side} failed:\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _report(found: dict[str, dict[str, Any]]) -> None:
    bare, dock = found["napari"], found["dock"]
    print("| what | napari | with the dock | more |\n|---|---|---|---|")
    for key, what in _COMPARED.items():
        print(f"| {what} | {bare[key]:.1f} | {dock[key]:.1f} | {dock[key] - bare[key]:+.1f} |")
    for key, what in _PULSES.items():
        calm = bare[key.replace("training", "calm")]
        row = " | ".join(
            f"{side[key]['p95']:.0f} / {side[key]['max']:.0f}" if key in side else "" for side in (bare, dock)
        )
        ratio = dock[key]["p95"] / calm["p95"], dock[key]["max"] / calm["max"]
        print(f"| {what} | {row} | {ratio[0]:.2f} x / {ratio[1]:.2f} x |")
    print("\n| the dock alone | |\n|---|---|")
    for key, what in _ALONE.items():
        if key in dock:
            print(f"| {what} | {dock[key]:.1f} |")


_COMPARED = {
    "slice_ms": "slice step, median, ms before repaint",
    "slice_p95_ms": "slice step, 95 %, ms before repaint",
    "brush_ms": "brush event, median, ms before repaint",
    "brush_p95_ms": "brush event, 95 %, ms before repaint",
    "memory_mb": "memory, MB",
}
_PULSES = {
    "pulse_calm": "gaps of a 20 ms timer while nothing happens, 95 % / longest, ms",
    "pulse_calm_active": "the same while stepping and drawing",
    "pulse_training": "gaps while a network trains, beside napari without",
    "pulse_training_active": "the same while stepping and drawing",
}
_ALONE = {
    "cold_s": "next case, cold, s from key to picture",
    "ahead_s": "next case, prepared ahead, s from key to picture",
    "crosshair_ms": "crosshair moved through three views, median, ms before repaint",
    "crosshair_p95_ms": "crosshair moved through three views, 95 %, ms before repaint",
    "volume_mb": "one volume with its label, MB",
}


def _write_cases(folder: Path) -> None:
    import nibabel as nib

    folder.mkdir()
    rng = np.random.default_rng(0)
    z, y, x = np.ogrid[:400, :512, :512]
    body = ((y - 256) / 220.0) ** 2 + ((x - 256) / 240.0) ** 2 < 1
    for number in range(_CASES):
        organ = ((z - 200 - 5 * number) / 70.0) ** 2 + ((y - 240) / 90.0) ** 2 + ((x - 180) / 80.0) ** 2 < 1
        array = rng.integers(-40, 40, _SHAPE, dtype=np.int16)
        array += np.where(body, np.int16(40), np.int16(-1000)) + 60 * organ.astype(np.int16)
        affine = np.diag([-_SPACING_MM[2], -_SPACING_MM[1], _SPACING_MM[0], 1.0])
        nib.Nifti1Image.compresslevel = 1
        nib.save(nib.Nifti1Image(array.T, affine), folder / f"case_{number}.nii.gz")
    nib.save(nib.Nifti1Image(organ.astype(np.uint8).T, affine), folder / f"case_{_CASES - 1}_mask.nii.gz")


def _make_project(folder: Path) -> None:
    from napari_medal.core.progress import Silent
    from napari_medal.loop.adding import Source
    from napari_medal.loop.creating import TaskWish
    from napari_medal.loop.making import ProjectWish, make_project
    from napari_medal.loop.session import installed_extensions

    wish = ProjectWish(
        folder / "project", "bench", (TaskWish("segmentation", ("1=organ",)),), Source(folder / "images")
    )
    make_project(wish, installed_extensions(), Silent())


def _napari_alone(folder: Path) -> dict[str, Any]:
    import napari
    import nibabel as nib

    viewer = napari.Viewer()
    viewer.window.resize(1600, 1000)
    array = np.ascontiguousarray(np.asanyarray(nib.load(folder / "images" / "case_0.nii.gz").dataobj).T)
    viewer.add_image(array, scale=_SPACING_MM, contrast_limits=(-160, 240))
    label = viewer.add_labels(np.zeros(_SHAPE, np.uint8), scale=_SPACING_MM)
    label.mode = "paint"
    _live(2.0)
    return _work(viewer, label)


def _with_the_dock(folder: Path) -> dict[str, Any]:
    import napari

    from napari_medal.gui.dock import MedalDock

    viewer = napari.Viewer()
    viewer.window.resize(1600, 1000)
    dock = MedalDock(viewer)
    viewer.window.add_dock_widget(dock, name="Medal", area="right")
    _until(dock.desk.list_changed, lambda: dock.open_project(folder / "project"))
    _live(5.0)
    found: dict[str, Any] = {}
    _seconds_to_case(dock)  # napari builds its layers
    found["cold_s"] = _seconds_to_case(dock)
    _live(10.0)
    found["ahead_s"] = _seconds_to_case(dock)
    _live(10.0)
    found |= _work(viewer, dock.layers.label)
    found |= _crosshair(dock)
    found |= _while_training(viewer, dock)
    found["volume_mb"] = np.prod(_SHAPE) * 3 / 2**20
    dock.close_down()
    return found


def _seconds_to_case(dock: Any) -> float:
    began = time.perf_counter()
    _until(dock.desk.case_opened, dock.desk.open_next)
    _repaint()
    return time.perf_counter() - began


def _work(viewer: Any, label: Any) -> dict[str, Any]:
    """Do what both sides do."""
    import psutil

    steps = _timed(_STEPS, lambda n: viewer.dims.set_current_step(0, 100 + 7 * n % 200))
    label.brush_size = 20
    stroke = partial(_stroke, viewer, label)
    brushes = _timed(_STROKES, stroke)
    return {
        "slice_ms": float(np.median(steps)),
        "slice_p95_ms": float(np.percentile(steps, 95)),
        "brush_ms": float(np.median(brushes)),
        "brush_p95_ms": float(np.percentile(brushes, 95)),
        "pulse_calm": _pulse(_PULSE_SECONDS),
        "pulse_calm_active": _pulse(_PULSE_SECONDS, lambda n: _act(viewer, stroke, n)),
        "memory_mb": psutil.Process().memory_info().rss / 2**20,
    }


def _crosshair(dock: Any) -> dict[str, Any]:
    """Move the crosshair so that all three views show another slice."""
    large = dock.viewing.views.large
    spacing = np.array(_SPACING_MM)
    moves = _timed(_STEPS, lambda n: large.center_at(tuple(spacing * (100 + 5 * n, 150 + 4 * n, 160 + 4 * n))))
    return {"crosshair_ms": float(np.median(moves)), "crosshair_p95_ms": float(np.percentile(moves, 95))}


def _while_training(viewer: Any, dock: Any) -> dict[str, Any]:
    """Do the same while the dock's own network trains, from the reading of the labelled case on."""
    rounds = dock.training.rounds
    stroke = partial(_stroke, viewer, dock.layers.label)
    _until(dock.training.runner.progressed, rounds.start)
    found = {"pulse_preparing": _pulse(_PULSE_SECONDS, lambda n: _act(viewer, stroke, n))}
    _until(dock.training.runner.pointed, _nothing)
    found["pulse_training"] = _pulse(_PULSE_SECONDS)
    found["pulse_training_active"] = _pulse(_PULSE_SECONDS, lambda n: _act(viewer, stroke, n))
    dock.training.runner.cancel()
    return found


def _stroke(viewer: Any, label: Any, n: int) -> None:
    """Draw a short stroke as the mouse does."""
    z, y = viewer.dims.current_step[0], 100 + 5 * n
    with label.block_history():
        label._draw(1, (z, y, 100), (z, y, 104))


def _act(viewer: Any, stroke: Callable[[int], None], n: int) -> None:
    if n % 2:
        viewer.dims.set_current_step(0, 100 + 7 * n % 200)
    else:
        stroke(n % 30)


def _timed(count: int, act: Callable[[int], None]) -> list[float]:
    """Return milliseconds of each act, with a repaint between that is not counted."""
    taken = []
    for n in range(count):
        began = time.perf_counter()
        act(n)
        taken.append((time.perf_counter() - began) * 1e3)
        _repaint()
    return taken


def _pulse(seconds: float, act: Callable[[int], None] | None = None) -> dict[str, float]:
    """Return the gaps between ticks of a timer in the window's thread, with an act and a repaint now and then."""
    gaps: list[float] = []
    last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        gaps.append((now - last) * 1e3)
        last = now

    count = iter(range(10**6))

    def work() -> None:
        if act is not None:
            act(next(count))

    timers = [QTimer(), QTimer()]
    for timer, interval, call in zip(timers, (_TICK_MS, _ACT_MS), (tick, work), strict=True):
        timer.setInterval(interval)
        timer.timeout.connect(call)
        timer.start()
    _live(seconds)
    for timer in timers:
        timer.stop()
    return {"p95": float(np.percentile(gaps, 95)), "max": float(max(gaps))}


def _until(signal: Any, act: Callable[[], None]) -> None:
    loop = QEventLoop()
    signal.connect(loop.quit)
    QTimer.singleShot(_PATIENCE_MS, loop.quit)
    act()
    loop.exec()
    signal.disconnect(loop.quit)


def _live(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


def _repaint() -> None:
    QApplication.processEvents()


def _nothing() -> None:
    """Wait only."""


_SIDES = {"napari": _napari_alone, "dock": _with_the_dock}

if __name__ == "__main__":
    main()
