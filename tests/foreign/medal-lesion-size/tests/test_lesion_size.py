from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from lesion_size.folder import FOLDER
from lesion_size.task import TASK

from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.testing import check_folder_reader, check_task

SCHEME = LabelScheme((LabelClass(1, "lesion", "#e6550d"),))
GRID = Grid((6, 20, 20), np.diag([2.0, 0.5, 0.5, 1.0]))


def test_the_task_is_sound() -> None:
    check_task(TASK)


def test_the_reader_is_sound(tmp_path: Path) -> None:
    listed = tmp_path / "listed"
    listed.mkdir()
    for name in ("a.nii", "b.nii", "b-mask.nii"):
        nib.save(nib.Nifti1Image(np.zeros((3, 3, 3), dtype=np.uint8), np.eye(4)), listed / name)
    (listed / "exams.csv").write_text("exam,patient,image,mask\nb,p1,b.nii,b-mask.nii\na,p1,a.nii,\n")
    check_folder_reader(FOLDER, tmp_path, listed)


def test_a_box_has_its_volume_and_its_diagonal() -> None:
    mask = np.zeros(GRID.shape, dtype=np.uint8)
    mask[2:4, 3:10, 5:14] = 1
    volume, diameter = TASK.figures(mask, SCHEME, GRID)
    assert volume == pytest.approx(2 * 7 * 9 * 2.0 * 0.5 * 0.5 / 1000)
    assert diameter == pytest.approx(np.hypot(6 * 0.5, 8 * 0.5))
    (line,) = TASK.sketches(mask, SCHEME, GRID)[0].paths
    assert np.linalg.norm(line[1] - line[0]) == pytest.approx(diameter)
