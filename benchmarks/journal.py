"""What it costs to keep every stroke, on a case of 512 x 512 x 400 voxels.

    xvfb-run -a -s "-screen 0 1600x1000x24" python benchmarks/journal.py

Strokes are drawn in a viewer on one case while the catalogue's thread reads another one of the same size. Measured are
what the window's thread spends on handing a stroke over, how long it takes until the stroke is on the disk, and what it
takes there; then the base, and what coming back costs.
"""

import tempfile
import time
from pathlib import Path

import napari
import nibabel as nib
import numpy as np
from qtpy.QtTest import QTest

from napari_medal.catalogue.journal_record import frame
from napari_medal.catalogue.journal_replay import stroke_record
from napari_medal.catalogue.mask_code import decode_mask, encode_mask
from napari_medal.core.progress import Silent
from napari_medal.gui.dock import MedalDock
from napari_medal.gui.label_layer import stroke_of
from napari_medal.gui.reading import CaseReading
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.creating import TaskWish, new_project
from napari_medal.loop.opening import open_case
from napari_medal.loop.session import installed_extensions
from napari_medal.types import LabelArray

SHAPE = (400, 512, 512)
STROKES = 60
BRUSH = 30


def main() -> None:
    """Measure and print."""
    base()
    with tempfile.TemporaryDirectory() as name:
        session = project(Path(name))
        dock = MedalDock(napari.Viewer())
        dock.desk.show_session(session)
        until(lambda: bool(dock.desk.items))
        for what, busy in (("at rest", False), ("while another case is read", True)):
            dock.desk.open_case("case_0")
            until(lambda: dock.desk.reading is not None and not dock.desk.is_busy)
            handing, delays, sizes, making = draw(dock, busy=busy)
            row(f"handing over (processor time), {what}", handing, "ms")
            row(f"until on the disk, {what}", delays, "ms")
            row("bytes", sizes, "bytes")
            row("making the record", making, "ms")
            until(lambda: not dock.desk.is_busy)
        dock.desk.leave()
        QTest.qWait(500)
        begin = time.perf_counter()
        session.project.journals.load("case_0", "segmentation")
        print(f"| reading the journal back | {(time.perf_counter() - begin) * 1e3:.0f} ms | |")
        begin = time.perf_counter()
        open_case(session, "segmentation", "case_0")
        print(f"| opening the case in all | {(time.perf_counter() - begin) * 1e3:.0f} ms | |")
        dock.close_down()


def draw(dock: MedalDock, *, busy: bool) -> tuple[list[float], list[float], list[float], list[float]]:
    """Return milliseconds of handing over and until written, bytes, and milliseconds of making the record."""
    handing: list[float] = []
    delays: list[float] = []
    steps: list[object] = []
    label = dock.layers.label
    label.brush_size = BRUSH
    label.events.stroked.connect(lambda event: steps.append(event.steps))
    note = CaseReading.note

    def timed(reading: CaseReading, *details: object) -> None:
        begin = time.thread_time()
        note(reading, *details)
        dock.desk.keeper.write(reading.journal)
        handing.append((time.thread_time() - begin) * 1e3)

    CaseReading.note = timed
    reading = dock.desk.reading
    if busy:
        dock.desk.open_case("case_1")
    rng = np.random.default_rng(0)
    for number in range(STROKES):
        if dock.desk.reading is not reading:
            break
        y, x = rng.integers(60, 400, 2)
        with label.block_history():
            for part in range(12):
                label.paint((200, y + 4 * part, x + 3 * part), 1 + number % 2)
        begin = time.perf_counter()
        while reading.is_dirty:
            time.sleep(0.0002)
        delays.append((time.perf_counter() - begin) * 1e3)
        QTest.qWait(20)
    CaseReading.note = note
    sizes, making = [], []
    for step in steps:
        begin = time.perf_counter()
        record = stroke_record(stroke_of(step, SHAPE), 0.0)
        making.append((time.perf_counter() - begin) * 1e3)
        sizes.append(float(len(frame(record))))
    return handing, delays, sizes, making


def base() -> None:
    """Print what a base costs, for a label of smooth organs and one with specks."""
    rng = np.random.default_rng(0)
    organs = organ_mask(rng)
    specks = organs.copy()
    specks[rng.random(SHAPE, dtype=np.float32) < 0.002] = 3
    for name, mask in (("organs", organs), ("with specks", specks)):
        begin = time.perf_counter()
        code = encode_mask(mask)
        there = time.perf_counter()
        decode_mask(code, SHAPE)
        back = time.perf_counter()
        print(f"| base, {name} | {(there - begin) * 1e3:.0f} ms, {len(code):,} bytes | {(back - there) * 1e3:.0f} ms |")


def organ_mask(rng: np.random.Generator) -> LabelArray:
    """Return six balls."""
    mask = np.zeros(SHAPE, np.uint8)
    z, y, x = np.ogrid[: SHAPE[0], : SHAPE[1], : SHAPE[2]]
    for label in range(6):
        at, radius = rng.integers(80, 320, 3), rng.integers(30, 110)
        mask[(z - at[0]) ** 2 + (y - at[1]) ** 2 + (x - at[2]) ** 2 < radius**2] = label + 1
    return mask


def project(folder: Path) -> object:
    """Make a project of two large cases."""
    (folder / "images").mkdir()
    image = np.random.default_rng(0).integers(-1000, 1000, SHAPE[::-1], dtype=np.int16)
    for number in range(2):
        nib.save(nib.Nifti1Image(image, np.diag([0.8, 0.8, 1.0, 1.0])), folder / "images" / f"case_{number}.nii")
    wish = TaskWish("segmentation", ("1=one", "2=two"))
    session = new_project(folder / "project", "journal", [wish], installed_extensions())
    add_cases(session, Source(folder / "images"), Silent())
    return session


def row(what: str, values: list[float], unit: str) -> None:
    """Print the median and the worst."""
    print(
        f"| {what} | median {np.median(values):.3g} {unit} | worst {max(values):.3g} {unit} | {len(values)} strokes |"
    )


def until(happens: object) -> None:
    """Let the window live until something happens."""
    while not happens():
        QTest.qWait(5)


if __name__ == "__main__":
    main()
