from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from napari_medal.core.file_note import NoteKind
from napari_medal.core.found_case import FoundImage
from napari_medal.core.grid import Grid
from napari_medal.core.reorientation import Reorientation
from napari_medal.core.volume import Volume
from napari_medal.io.nifti import READER
from napari_medal.io.write_volume import write_volume
from tests.core.grids import grids


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(grid=grids())
def test_what_is_written_is_read_again_in_its_place(tmp_path: Path, grid: Grid) -> None:
    canonical = Reorientation.of(grid).canonical
    array = np.random.default_rng(0).normal(size=canonical.shape).astype(np.float32)
    write_volume(tmp_path / "a.nii.gz", Volume(array, canonical))
    (back,) = READER.read(tmp_path / "a.nii.gz")
    np.testing.assert_array_equal(back.array, array)
    assert back.grid.matches(canonical)
    stored = nib.load(tmp_path / "a.nii.gz")
    if stored.header["qform_code"]:
        np.testing.assert_allclose(stored.get_sform(), stored.get_qform(), atol=1e-2)
    assert NoteKind.TWO_GEOMETRIES not in {
        note.kind for note in READER.look(FoundImage((tmp_path / "a.nii.gz",)), False).notes
    }
    assert READER.is_bare(tmp_path / "a.nii.gz")


@pytest.mark.parametrize(
    ("kind", "kept"),
    [(np.bool_, np.uint8), (np.float16, np.float32), (np.int64, np.int64), (np.dtype(">i2"), np.int16)],
)
def test_numbers_keep_their_value(tmp_path: Path, kind: type, kept: type) -> None:
    array = np.array([[[0, 1, 1]]]).astype(kind)
    write_volume(tmp_path / "a.nii", Volume(array, Grid((1, 1, 3), np.eye(4)[[2, 1, 0, 3]])))
    (back,) = READER.read(tmp_path / "a.nii")
    assert back.array.dtype == kept
    assert back.array.ravel().tolist() == [0, 1, 1]


def test_a_sheared_grid_has_an_sform_alone(tmp_path: Path) -> None:
    affine = np.array([[0, 0, 1.0, 0], [0.5, 1.0, 0, 0], [2.0, 0, 0, 0], [0, 0, 0, 1.0]])
    grid = Grid((9, 4, 5), affine)
    write_volume(tmp_path / "a.nii.gz", Volume(np.zeros(grid.shape, np.uint8), grid))
    stored = nib.load(tmp_path / "a.nii.gz")
    assert (int(stored.header["sform_code"]), int(stored.header["qform_code"])) == (1, 0)
    assert READER.read(tmp_path / "a.nii.gz")[0].grid.matches(grid)
