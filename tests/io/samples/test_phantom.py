from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from scipy.ndimage import binary_dilation

from napari_medal.core.progress import CurvePoint, Silent
from napari_medal.errors import JobCancelled
from napari_medal.io.class_table import read_class_table
from napari_medal.io.nifti import READER
from napari_medal.io.samples.phantom import CLASSES, PARTS, PhantomCohort, write_phantoms

CASES = 12


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> PhantomCohort:
    return write_phantoms(tmp_path_factory.mktemp("phantoms"), CASES, seed=5, progress=Silent())


def test_every_image_has_a_mask_on_its_grid(cohort: PhantomCohort) -> None:
    names = sorted(path.name for path in cohort.images.iterdir())
    assert names == sorted(path.name for path in cohort.labels.iterdir())
    assert len(names) == CASES
    for name in names:
        image, mask = READER.read(cohort.images / name)[0], READER.read(cohort.labels / name)[0]
        assert image.grid.matches(mask.grid, tolerance_mm=0)
        PARTS.validate_mask(mask.array, name)


def test_parts_touch_and_the_anterior_one_lies_in_front(cohort: PhantomCohort) -> None:
    for path in cohort.labels.iterdir():
        mask = READER.read(path)[0].array
        anterior, posterior = mask == 1, mask == 2
        assert min(anterior.sum(), posterior.sum()) > 100
        assert (binary_dilation(anterior) & posterior).any()
        assert np.argwhere(anterior).mean(0)[1] < np.argwhere(posterior).mean(0)[1]


def test_files_come_in_several_orientations(cohort: PhantomCohort) -> None:
    codes = {nib.aff2axcodes(nib.load(path).affine) for path in cohort.images.iterdir()}
    assert len(codes) >= 3


def test_spacing_is_uneven_and_varies(cohort: PhantomCohort) -> None:
    spacings = {READER.read(path)[0].grid.spacing_mm for path in cohort.images.iterdir()}
    assert len(spacings) == CASES
    assert all(max(spacing) / min(spacing) > 1.2 for spacing in spacings)


def test_atrophic_structures_are_smaller(cohort: PhantomCohort) -> None:
    classes = read_class_table(cohort.classes, CLASSES)
    assert len(classes) == CASES
    volumes: dict[int, list[float]] = {0: [], 1: []}
    for name, value in classes.items():
        mask = READER.read(cohort.labels / f"{name}.nii.gz")[0]
        volumes[value].append(float((mask.array > 0).sum()) * mask.grid.voxel_volume_mm3)
    assert max(volumes[1]) < np.mean(volumes[0])
    assert np.mean(volumes[1]) < 0.75 * np.mean(volumes[0])


def test_equal_seeds_give_equal_files(cohort: PhantomCohort, tmp_path: Path) -> None:
    again = write_phantoms(tmp_path / "again", 2, seed=5, progress=Silent())
    other = write_phantoms(tmp_path / "other", 1, seed=6, progress=Silent())
    for name in ("case_000.nii.gz", "case_001.nii.gz"):
        assert (again.images / name).read_bytes() == (cohort.images / name).read_bytes()
        assert (again.labels / name).read_bytes() == (cohort.labels / name).read_bytes()
    first = (again.images / "case_000.nii.gz").read_bytes()
    assert (other.images / "case_000.nii.gz").read_bytes() != first


def test_progress_is_told_and_cancel_is_answered(tmp_path: Path) -> None:
    class Impatient(Silent):
        def step(self, done: int, total: int, text: str) -> None:
            assert total == 3
            if done == 1:
                raise JobCancelled

        def point(self, point: CurvePoint) -> None:
            pass

    with pytest.raises(JobCancelled):
        write_phantoms(tmp_path, 3, seed=0, progress=Impatient())
    assert len(list((tmp_path / "images").iterdir())) == 1
