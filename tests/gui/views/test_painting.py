"""Painting with the mouse where the eye sees something, and what becomes of it in the patient and on disk."""

from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from qtpy.QtCore import Qt

from napari_medal.core.planes import Plane
from napari_medal.core.progress import Silent
from napari_medal.gui.dock import MedalDock
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.creating import new_project
from napari_medal.loop.session import installed_extensions
from tests.gui.conftest import SEGMENTATION, session_of
from tests.gui.views.mouse import drag

_BRIGHT = 200


def _turn(degrees: float, axis: int) -> np.ndarray:
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.eye(3)
    first, second = [other for other in range(3) if other != axis]
    turn[first, first] = turn[second, second] = cos
    turn[first, second], turn[second, first] = -sin, sin
    return turn


def _affine(matrix: np.ndarray) -> np.ndarray:
    affine = np.eye(4)
    affine[:3, :3] = matrix
    affine[:3, 3] = (31.0, -17.0, 240.0)
    return affine


@dataclass(frozen=True)
class Exam:
    """A volume in a file, RAS as NIfTI has it, with one bright spot."""

    name: str
    shape: tuple[int, int, int]
    affine: np.ndarray
    spot: tuple[int, int, int]

    def __str__(self) -> str:
        return self.name

    @property
    def spot_lps(self) -> np.ndarray:
        """World position of the spot, by nibabel's own reckoning."""
        return nib.affines.apply_affine(self.affine, self.spot) * (-1, -1, 1)

    def write(self, folder: Path) -> None:
        image = np.full(self.shape, 50, dtype=np.int16)
        image[0, 0, 0] = 0
        image[self.spot] = 1000
        nib.save(nib.Nifti1Image(image, self.affine), folder / f"{self.name}.nii.gz")


EXAMS = (
    Exam("oblique", (40, 36, 32), _affine(_turn(20, 0) @ _turn(-12, 2) @ np.diag([1.0, 1.1, 1.2])), (29, 26, 23)),
    Exam("anisotropic", (44, 40, 12), _affine(np.diag([0.7, 0.9, 4.0])), (10, 28, 8)),
    Exam("left_handed", (36, 40, 32), _affine(np.diag([-1.0, 1.0, 1.5])[[1, 2, 0]]), (9, 30, 7)),
)


@pytest.fixture
def exams(tmp_path: Path) -> Path:
    (tmp_path / "images").mkdir()
    for exam in EXAMS:
        exam.write(tmp_path / "images")
    session = new_project(tmp_path / "project", "Trial", (SEGMENTATION,), installed_extensions())
    add_cases(session, Source(tmp_path / "images"), Silent())
    session.close()
    return tmp_path / "project"


def _go_to_spot(dock: MedalDock, exam: Exam) -> np.ndarray:
    """Bring the spot under the crosshair and return its index in the canonical array."""
    grid = dock.desk.reading.opened.volumes[0].grid
    index = np.linalg.solve(grid.affine[:3, :3], exam.spot_lps - grid.affine[:3, 3])
    np.testing.assert_allclose(index, np.rint(index), atol=1e-3)
    dock.viewing.views.large.center_at(tuple(np.rint(index) * grid.spacing_mm))
    return np.rint(index).astype(int)


def _spot_on(canvas) -> tuple[float, float]:
    """Return the pixel (x, y) where the eye sees the spot."""
    gray = canvas.screenshot(flash=False)[..., :3].min(axis=-1)
    rows, columns = np.nonzero(gray > _BRIGHT)
    assert rows.size, "the spot is seen"
    return float(columns.mean() + 0.5), float(rows.mean() + 0.5)


def _main_canvas(dock: MedalDock):
    return dock._viewer.window._qt_viewer


@pytest.mark.parametrize("exam", EXAMS, ids=str)
def test_paint_lands_where_the_eye_sees_it_in_the_patient_and_in_the_file(shown, qtbot, exams, exam):
    dock = shown(exams, exam.name)
    views = dock.viewing.views
    label = dock.layers.label
    label.brush_size = 1
    index = _go_to_spot(dock, exam)
    strokes = []
    label.events.stroked.connect(lambda event: strokes.append(event.steps))
    grid = dock.desk.reading.opened.volumes[0].grid
    label.contour = 1  # the spot is still seen through it

    for plane in Plane:
        views.large.set_plane(plane)
        qtbot.wait(20)
        for view, canvas in [(views.large.view, _main_canvas(dock)), *_pane_canvases(views)]:
            at = _spot_on(canvas)
            _check_letters(view, at, index, grid.shape)
            drag(view.native, at)
            painted = np.argwhere(label.data)
            np.testing.assert_array_equal(painted, [index], f"{plane} of {exam}")
            world = grid.to_world(painted[0].astype(float))
            np.testing.assert_allclose(world, exam.spot_lps, atol=1e-3)
            qtbot.keyClick(view.native, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
            assert not label.data.any(), "undone from the view that painted"
    assert len(strokes) == 9

    drag(views.small.shown[0].view.native, _spot_on(views.small.shown[0].canvas))
    with qtbot.waitSignal(dock.desk.case_accepted, timeout=30_000):
        dock.panels.reading.accept.click()
    annotation = session_of(dock).project.annotations.current("segmentation")[exam.name]
    saved = nib.load(session_of(dock).project.folder / annotation.mask)
    np.testing.assert_allclose(saved.affine, exam.affine, atol=1e-4)
    assert np.argwhere(np.asarray(saved.dataobj)).tolist() == [list(exam.spot)]


def _pane_canvases(views):
    return [(pane.view, pane.canvas) for pane in views.small.shown]


def _check_letters(view, at: tuple[float, float], index: np.ndarray, shape: tuple[int, int, int]) -> None:
    """Check that the spot is seen towards the sides of the patient that it lies on."""
    high = index > (np.asarray(shape) - 1) / 2
    sides = {pair[int(is_high)] for pair, is_high in zip(("IS", "AP", "RL"), high, strict=True)}
    letters = view.glass.edges
    assert letters is not None
    assert (letters.right if at[0] > view.native.width() / 2 else letters.left) in sides
    assert (letters.bottom if at[1] > view.native.height() / 2 else letters.top) in sides


def test_a_drag_in_a_pane_is_one_stroke_of_one_brush_that_every_view_shows_and_the_journal_keeps(shown, qtbot, exams):
    dock = shown(exams, "anisotropic")
    views, label = dock.viewing.views, dock.layers.label
    label.brush_size = 3
    _go_to_spot(dock, EXAMS[1])
    pane = views.small.shown[0]
    x, y = _spot_on(pane.canvas)
    strokes = []
    label.events.stroked.connect(lambda event: strokes.append(event.steps))

    drag(pane.view.native, (x - 12, y), (x - 4, y), (x + 4, y), (x + 12, y))

    assert len(strokes) == 1
    assert label.undo_steps == 1
    assert np.count_nonzero(label.data) > 9
    for twin in (pane.mirror.twins[-1], views.small.shown[1].mirror.twins[-1]):
        assert twin.layer.data is label.data
    drawn = label.data.copy()
    for name in ("oblique", "anisotropic"):
        with qtbot.waitSignal(dock.desk.case_opened, timeout=60_000):
            dock.desk.open_case(name)
    np.testing.assert_array_equal(label.data, drawn)

    views.large.set_plane(Plane.SAGITTAL)
    label.brush_size = 9  # of 0.9 mm
    axial = next(pane for pane in views.small.shown if pane.plane is Plane.AXIAL)
    assert axial.mirror.twins[-1].layer.brush_size == round(9 * 0.9 / 0.7)
    axial.mirror.twins[-1].layer.brush_size = 4
    assert label.brush_size == round(4 * 0.7 / 0.9)
    label.brush_size = 9
    views.large.set_plane(Plane.CORONAL)
    assert label.brush_size == round(9 * 0.9 / 0.7)
