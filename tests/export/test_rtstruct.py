import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from scipy.spatial.transform import Rotation
from skimage.measure import points_in_poly

from napari_medal.core.grid import Grid
from napari_medal.core.series_source import SeriesSource
from napari_medal.errors import ExportError
from napari_medal.export.rtstruct import EXPORTER
from napari_medal.testing import check_exporter
from tests.export.dicom.series import (
    SCHEME,
    affine_of,
    dataset_of,
    image_of,
    labels_at,
    mask_case,
    multi_frame,
    series,
    series_of,
)
from tests.small import Watch

OBLIQUE = Rotation.from_euler("xyz", (25, -15, 40), degrees=True).as_matrix()


def exported(folder: Path, source: SeriesSource, image: Path, **changes: Any) -> tuple[pydicom.Dataset, Any, Grid]:
    case, mask, grid = mask_case(folder, source, image, **changes)
    EXPORTER.write(dataset_of(case), folder / "out", Watch())
    return pydicom.dcmread(folder / "out" / "organs" / "a.dcm"), mask, grid


def rasterised(written: pydicom.Dataset, grid_of: SeriesSource) -> np.ndarray[Any, Any]:
    """Fill the contours by the centres of a series' pixels: (slices, rows, columns)."""
    found = np.zeros((len(grid_of.slices), grid_of.rows, grid_of.columns), np.uint8)
    back = np.linalg.inv(affine_of(grid_of))
    centres = np.stack(np.mgrid[: grid_of.rows, : grid_of.columns], axis=-1).reshape(-1, 2)
    for region in written.ROIContourSequence:
        value = SCHEME.values[region.ReferencedROINumber - 1]
        for contour in region.get("ContourSequence", []):
            points = np.array(contour.ContourData, dtype=float).reshape(-1, 3)
            index = np.c_[points, np.ones(len(points))] @ back.T
            place = int(np.rint(index[0, 0]))
            assert np.abs(index[:, 0] - place).max() < 1e-3
            inside = points_in_poly(centres, index[:, 1:3]).reshape(found[place].shape)
            assert not found[place][inside].any()
            found[place][inside] = value
    return found


def require_every_voxel(written: pydicom.Dataset, grid_of: SeriesSource, mask: Any, grid: Grid) -> None:
    index = np.stack(np.mgrid[: len(grid_of.slices), : grid_of.rows, : grid_of.columns], axis=-1).reshape(-1, 3)
    points = index @ affine_of(grid_of)[:3, :3].T + affine_of(grid_of)[:3, 3]
    found = rasterised(written, grid_of)
    assert np.array_equal(found.ravel(), labels_at(points, mask, grid))
    assert np.count_nonzero(found) == np.count_nonzero(mask)


def test_it_keeps_the_promises_of_an_exporter(tmp_path: Path) -> None:
    check_exporter(EXPORTER, tmp_path)


@pytest.mark.parametrize("rotation", [None, OBLIQUE])
@pytest.mark.parametrize("downwards", [False, True])
def test_filling_by_centres_gives_the_mask_back_bit_for_bit(rotation: Any, downwards: bool, tmp_path: Path) -> None:
    source = series((5, 17, 16), rotation=rotation, downwards=downwards)
    written, mask, grid = exported(tmp_path, source, image_of(source, tmp_path / "a.nii.gz"))
    require_every_voxel(written, source, mask, grid)


def test_a_resampled_image_comes_back_in_its_place_and_names_no_slice(tmp_path: Path) -> None:
    other = series((9, 8, 7), (1.0, 1.1, 1.2), OBLIQUE)
    written, mask, grid = exported(tmp_path, series(rotation=OBLIQUE), image_of(other, tmp_path / "a.nii.gz"))
    require_every_voxel(written, other, mask, grid)
    contours = [contour for region in written.ROIContourSequence for contour in region.ContourSequence]
    assert not any("ContourImageSequence" in contour for contour in contours)


@pytest.mark.parametrize("frames", [False, True])
def test_contours_name_the_slice_that_they_lie_on(frames: bool, tmp_path: Path) -> None:
    source = multi_frame(series()) if frames else series()
    written, _, _ = exported(tmp_path, source, image_of(source, tmp_path / "a.nii.gz"))
    places = {(slice_.sop_instance_uid, slice_.frame): slice_.position_mm[2] for slice_ in source.slices}
    seen = set()
    for region in written.ROIContourSequence:
        for contour in region.ContourSequence:
            (named,) = contour.ContourImageSequence
            key = (str(named.ReferencedSOPInstanceUID), int(named.get("ReferencedFrameNumber", 0)))
            assert set(contour.ContourData[2::3]) == {places[key]}
            seen.add(key)
    assert seen == set(places)
    exam = written.ReferencedFrameOfReferenceSequence[0].RTReferencedStudySequence[0]
    assert exam.RTReferencedSeriesSequence[0].SeriesInstanceUID == source.series_instance_uid


def test_regions_are_named_coded_and_coloured(tmp_path: Path) -> None:
    source = series()
    written, _, _ = exported(tmp_path, source, image_of(source, tmp_path / "a.nii.gz"), started_from=4)
    assert [region.ROIName for region in written.StructureSetROISequence] == ["left kidney", "liver tumour"]
    assert {region.ROIGenerationAlgorithm for region in written.StructureSetROISequence} == {"SEMIAUTOMATIC"}
    assert list(written.ROIContourSequence[0].ROIDisplayColor) == [0xE6, 0x55, 0x0D]
    kinds = [item.RTROIIdentificationCodeSequence[0].CodeMeaning for item in written.RTROIObservationsSequence]
    assert kinds == ["Kidney", "Neoplasm"]
    assert [item.RTROIInterpretedType for item in written.RTROIObservationsSequence] == ["ORGAN", ""]
    assert (written.PatientID, written.PatientName, written.PatientBirthDate) == ("s-a", "s-a^", "")
    assert (written.StructureSetDate, written.OperatorsName) == ("20260304", "ann^")


def test_a_label_that_does_not_occur_has_no_contour(tmp_path: Path) -> None:
    source = series()
    image = image_of(source, tmp_path / "a.nii.gz")
    case, _, _ = mask_case(tmp_path, source, image)
    shutil.copyfile(image, tmp_path / "a_mask.nii.gz")
    EXPORTER.write(dataset_of(case), tmp_path / "out", Watch())
    written = pydicom.dcmread(tmp_path / "out" / "organs" / "a.dcm")
    assert len(written.StructureSetROISequence) == 2
    assert not any("ContourSequence" in region for region in written.ROIContourSequence)


def test_a_series_without_a_frame_of_reference_is_refused(tmp_path: Path) -> None:
    source = replace(series(), frame_of_reference_uid="")
    with pytest.raises(ExportError, match="no frame of reference"):
        exported(tmp_path, source, image_of(source, tmp_path / "a.nii.gz"))


@pytest.mark.real_data
def test_a_real_oblique_series_gets_its_mask_back(medal_data: Path, tmp_path: Path) -> None:
    whole = series_of(sorted((medal_data / "dicom/brain_mr/Study1/13_HCropVolume").glob("*.dcm")))
    source = replace(whole, slices=whole.slices[10:13])
    written, mask, grid = exported(tmp_path, source, image_of(source, tmp_path / "a.nii.gz"))
    require_every_voxel(written, source, mask, grid)


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dicom3tools is not installed")
def test_a_stranger_finds_no_error(tmp_path: Path) -> None:
    source = series(rotation=OBLIQUE)
    exported(tmp_path, source, image_of(source, tmp_path / "a.nii.gz"), started_from=2)
    path = str(tmp_path / "out" / "organs" / "a.dcm")
    said = subprocess.run(["dciodvfy", path], capture_output=True, text=True, check=False).stderr
    assert [line for line in said.splitlines() if line.startswith("Error")] == []
