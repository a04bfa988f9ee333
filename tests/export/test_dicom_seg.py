import csv
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import highdicom
import numpy as np
import pydicom
import pytest
import SimpleITK
from scipy.spatial.transform import Rotation

from napari_medal.catalogue.cases import NewCase
from napari_medal.core.dataset import DatasetCase
from napari_medal.core.grid import Grid
from napari_medal.core.progress import Silent
from napari_medal.core.series_source import SeriesSource
from napari_medal.errors import ExportError, FormatError
from napari_medal.export.dicom_seg import EXPORTER
from napari_medal.io.nifti import read_grid
from napari_medal.loop.answers import Reading, accept_mask
from napari_medal.loop.exporting import export
from napari_medal.testing import check_exporter
from tests.export.dicom.series import (
    SCHEME,
    dataset_of,
    image_of,
    labels_at,
    mask_case,
    multi_frame,
    series,
    series_of,
)
from tests.small import Watch, small_session

OBLIQUE = Rotation.from_euler("xyz", (25, -15, 40), degrees=True).as_matrix()
SAGITTAL = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])


def exported(folder: Path, source: SeriesSource, image: Path, **changes: Any) -> tuple[Path, Any, Grid]:
    case, mask, grid = mask_case(folder, source, image, **changes)
    EXPORTER.write(dataset_of(case), folder / "out", Watch())
    return folder / "out" / "organs" / "a.dcm", mask, grid


def require_every_voxel(path: Path, mask: Any, grid: Grid) -> None:
    """Read with highdicom: the label of every voxel must be the mask's at the same place, and none may be missing."""
    volume = highdicom.seg.segread(path).get_volume(combine_segments=True)
    index = np.stack(np.meshgrid(*map(np.arange, volume.spatial_shape), indexing="ij"), axis=-1).reshape(-1, 3)
    points = volume.map_indices_to_reference(index)
    wanted = labels_at(points, mask, grid)
    values = np.array((0, *SCHEME.values), np.uint8)[volume.array.ravel()]
    assert np.array_equal(values, wanted)
    assert np.count_nonzero(values) == np.count_nonzero(mask)


def test_it_keeps_the_promises_of_an_exporter(tmp_path: Path) -> None:
    check_exporter(EXPORTER, tmp_path)


@pytest.mark.parametrize("rotation", [None, OBLIQUE, SAGITTAL])
@pytest.mark.parametrize("downwards", [False, True])
def test_every_voxel_comes_back_in_its_place(rotation: Any, downwards: bool, tmp_path: Path) -> None:
    source = series(rotation=rotation, downwards=downwards)
    require_every_voxel(*exported(tmp_path, source, image_of(source, tmp_path / "a.nii.gz")))


def test_a_resampled_image_comes_back_in_its_place_too(tmp_path: Path) -> None:
    source = series(rotation=OBLIQUE)
    other = series((9, 8, 7), (1.0, 1.1, 1.2), OBLIQUE)
    path, mask, grid = exported(tmp_path, source, image_of(other, tmp_path / "a.nii.gz"))
    require_every_voxel(path, mask, grid)
    assert pydicom.dcmread(path).FrameOfReferenceUID == source.frame_of_reference_uid


def test_each_frame_names_the_slice_that_it_lies_on(tmp_path: Path) -> None:
    source = series()
    path, _, _ = exported(tmp_path, source, image_of(source, tmp_path / "a.nii.gz"))
    written = pydicom.dcmread(path)
    assert written.StudyInstanceUID == source.study_instance_uid
    assert written.ReferencedSeriesSequence[0].SeriesInstanceUID == source.series_instance_uid
    places = {slice_.sop_instance_uid: slice_.position_mm for slice_ in source.slices}
    for frame in written.PerFrameFunctionalGroupsSequence:
        named = frame.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID
        assert tuple(map(float, frame.PlanePositionSequence[0].ImagePositionPatient)) == places[named]


def test_each_frame_names_the_frame_of_a_multi_frame_object(tmp_path: Path) -> None:
    source = multi_frame(series(origin_mm=(0.0, 0.0, -2.5)), skipped=3)
    path, mask, grid = exported(tmp_path, source, image_of(source, tmp_path / "a.nii.gz"))
    require_every_voxel(path, mask, grid)
    places = {slice_.frame: slice_.position_mm for slice_ in source.slices}
    for frame in pydicom.dcmread(path).PerFrameFunctionalGroupsSequence:
        named = frame.DerivationImageSequence[0].SourceImageSequence[0]
        assert named.ReferencedSOPInstanceUID == "2.25.99"
        position = tuple(map(float, frame.PlanePositionSequence[0].ImagePositionPatient))
        assert position == places[named.ReferencedFrameNumber]


def test_slices_that_are_multi_frame_objects_of_one_frame_are_held(tmp_path: Path) -> None:
    source = replace(series(), sop_class_uid=multi_frame(series()).sop_class_uid, modality="MR")
    path, mask, grid = exported(tmp_path, source, image_of(source, tmp_path / "a.nii.gz"))
    require_every_voxel(path, mask, grid)
    named = {reference.ReferencedSOPInstanceUID for reference in pydicom.dcmread(path).SourceImageSequence}
    assert named == {slice_.sop_instance_uid for slice_ in source.slices}


def test_a_picture_without_a_place_is_held_and_slices_without_one_are_not(tmp_path: Path) -> None:
    flat = replace(
        series((1, 7, 6)), frame_of_reference_uid="", modality="CR", sop_class_uid="1.2.840.10008.5.1.4.1.1.1"
    )
    path, mask, _ = exported(tmp_path, flat, image_of(flat, tmp_path / "a.nii.gz"))
    read = highdicom.seg.segread(path).get_pixels_by_source_instance(
        ["2.25.770"], combine_segments=True, ignore_spatial_locations=True
    )
    assert np.array_equal(np.array((0, *SCHEME.values))[read[0]], mask[0])
    deep = replace(series(), frame_of_reference_uid="")
    case, _, _ = mask_case(tmp_path, deep, image_of(deep, tmp_path / "b.nii.gz"), "b")
    with pytest.raises(ExportError, match="b: its series has no frame of reference"):
        EXPORTER.write(dataset_of(case), tmp_path / "none", Watch())


def test_simpleitk_reads_the_frames_bit_for_bit(tmp_path: Path) -> None:
    source = series((5, 8, 6))  # GDCM, by which SimpleITK reads, wants frames of whole bytes
    path, mask, _ = exported(tmp_path, source, image_of(source, tmp_path / "a.nii.gz"))
    frames = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path)))
    found = np.zeros_like(mask)
    for described, pixels in zip(pydicom.dcmread(path).PerFrameFunctionalGroupsSequence, frames, strict=True):
        named = described.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID
        number = described.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        found[int(named[-1])][pixels > 0] = SCHEME.values[number - 1]
    assert np.array_equal(found, mask)


def test_segments_are_coded_coloured_and_say_how_they_were_made(tmp_path: Path) -> None:
    source = series()
    case, _, _ = mask_case(tmp_path, source, image_of(source, tmp_path / "a.nii.gz"), started_from=3)
    EXPORTER.write(dataset_of(case), tmp_path / "out", Watch())
    written = highdicom.seg.segread(tmp_path / "out" / "organs" / "a.dcm")
    kidney, tumour = written.SegmentSequence
    assert (kidney.SegmentLabel, tumour.SegmentLabel) == ("left kidney", "liver tumour")
    kind = kidney.SegmentedPropertyTypeCodeSequence[0]
    assert (kind.CodeValue, kind.CodingSchemeDesignator) == ("64033007", "SCT")
    assert kind.SegmentedPropertyTypeModifierCodeSequence[0].CodeMeaning == "Left"
    assert tumour.SegmentedPropertyTypeCodeSequence[0].CodeValue == "108369006"
    assert tumour.AnatomicRegionSequence[0].CodeMeaning == "Liver"
    assert kidney.SegmentAlgorithmType == "SEMIAUTOMATIC"
    assert kidney.SegmentationAlgorithmIdentificationSequence[0].AlgorithmVersion == "model v3"
    assert highdicom.color.CIELabColor.from_dicom_value(kidney.RecommendedDisplayCIELabValue).to_rgb() == pytest.approx(
        (0xE6, 0x55, 0x0D), abs=1
    )
    assert written.ContentCreatorName == "ann^"
    assert (written.ContentDate, written.ContentTime) == ("20260304", "050607")


@pytest.mark.parametrize(("predicted", "made"), [(False, "MANUAL"), (True, "AUTOMATIC")])
def test_what_no_reader_saw_is_automatic_and_what_a_reader_drew_is_manual(
    predicted: bool, made: str, tmp_path: Path
) -> None:
    source = series()
    case, _, _ = mask_case(tmp_path, source, image_of(source, tmp_path / "a.nii.gz"))
    if predicted:
        answer = replace(case.annotations["organs"], reader="model v5", accepted=False)
        case = replace(case, annotations={}, predicted={"organs": answer})
    EXPORTER.write(dataset_of(case), tmp_path / "out", Watch())
    written = pydicom.dcmread(tmp_path / "out" / "organs" / "a.dcm")
    segment = written.SegmentSequence[0]
    assert segment.SegmentAlgorithmType == made
    if predicted:
        assert segment.SegmentationAlgorithmIdentificationSequence[0].AlgorithmVersion == "model v5"
        assert not written.get("ContentCreatorName")


def test_the_patient_is_a_pseudonym_and_nothing_else(tmp_path: Path) -> None:
    source = series()
    path, _, _ = exported(tmp_path, source, image_of(source, tmp_path / "a.nii.gz"))
    written = pydicom.dcmread(path)
    assert (written.PatientID, written.PatientName, written.PatientIdentityRemoved) == ("s-a", "s-a^", "YES")
    for keyword in ("PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "AccessionNumber", "StudyID"):
        assert written[keyword].value in ("", None)


def test_equal_labels_make_equal_files_and_other_labels_other_objects(tmp_path: Path) -> None:
    source = series()
    case, _, _ = mask_case(tmp_path, source, image_of(source, tmp_path / "a.nii.gz"))
    for name in ("one", "two"):
        EXPORTER.write(dataset_of(case), tmp_path / name, Watch())
    one, two = (tmp_path / name / "organs" / "a.dcm" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    later, _, _ = mask_case(tmp_path, source, image_of(source, tmp_path / "a.nii.gz"), "a", reader="eve")
    EXPORTER.write(dataset_of(later), tmp_path / "three", Watch())
    third = pydicom.dcmread(tmp_path / "three" / "organs" / "a.dcm")
    assert third.SOPInstanceUID != pydicom.dcmread(one).SOPInstanceUID


def test_a_mask_without_any_label_is_an_answer_too(tmp_path: Path) -> None:
    source = series()
    image = image_of(source, tmp_path / "a.nii.gz")
    case, _, _ = mask_case(tmp_path, source, image)
    shutil.copyfile(image, tmp_path / "a_mask.nii.gz")
    EXPORTER.write(dataset_of(case), tmp_path / "out", Watch())
    written = highdicom.seg.segread(tmp_path / "out" / "organs" / "a.dcm")
    assert written.number_of_segments == 2
    assert not written.get_volume(combine_segments=True).array.any()


def test_a_project_hands_the_series_of_its_cases_to_the_exporter(tmp_path: Path) -> None:
    session = small_session(tmp_path / "project")
    source = series((5, 16, 16), rotation=OBLIQUE)
    image = image_of(source, session.project.folder / "images" / "a.nii.gz")
    sources = (None, source)
    twice = (image, image_of(source, session.project.folder / "images" / "b.nii.gz"))
    session.project.cases.add([NewCase("a", "s-a", twice, ("", ""), sources=sources)])
    mask = np.zeros(read_grid(image).shape, np.uint8)
    mask[1:3, 4:9, 2:5] = 2
    accept_mask(session, "segmentation", "a", mask, Reading("ann"))
    report = export(session, tmp_path / "out", "dicom-seg", Silent())
    session.close()
    assert (report.cases, report.left_out) == (1, ())
    written = highdicom.seg.segread(tmp_path / "out" / "segmentation" / "a.dcm")
    assert written.ReferencedSeriesSequence[0].SeriesInstanceUID == source.series_instance_uid
    assert np.count_nonzero(written.get_volume(combine_segments=True).array == 2) == 2 * 5 * 3


def _mixed(folder: Path) -> tuple[DatasetCase, DatasetCase]:
    source = series()
    held, _, _ = mask_case(folder, source, image_of(source, folder / "a.nii.gz"), "a")
    other, _, _ = mask_case(folder, None, image_of(source, folder / "b.nii.gz"), "b")
    return held, other


def test_cases_of_no_series_are_left_out_and_listed(tmp_path: Path) -> None:
    report = EXPORTER.write(dataset_of(*_mixed(tmp_path)), tmp_path / "out", Watch())
    assert (report.cases, report.files) == (1, 2)
    assert report.left_out == ("b: it was not made from a DICOM series",)
    with (tmp_path / "out" / "left-out.csv").open(newline="") as stream:
        assert [row["case"] for row in csv.DictReader(stream)] == ["b"]


def test_a_dataset_that_nothing_of_can_be_held_is_refused(tmp_path: Path) -> None:
    _, other = _mixed(tmp_path)
    with pytest.raises(ExportError, match="'dicom-seg' can hold none of the cases"):
        EXPORTER.write(dataset_of(other), tmp_path / "out", Watch())
    assert not (tmp_path / "out").exists()


def test_a_damaged_mask_leaves_nothing(tmp_path: Path) -> None:
    held, other = _mixed(tmp_path)
    path = held.annotations["organs"].mask
    assert path
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(FormatError):
        EXPORTER.write(dataset_of(held, other), tmp_path / "out", Watch())
    assert not (tmp_path / "out").exists()


def test_names_that_dicom_cannot_hold_are_made_to_fit(tmp_path: Path) -> None:
    source = series()
    path, _, _ = exported(
        tmp_path, source, image_of(source, tmp_path / "a.nii.gz"), reader="Jürgen\\Ann=Bob^" + "x" * 80
    )
    name = str(pydicom.dcmread(path).ContentCreatorName)
    assert name.startswith("Jürgen/Ann Bob x")
    assert len(name) == 64


@pytest.mark.real_data
@pytest.mark.parametrize("place", ["brain_mr/Study1/13_HCropVolume", "lung_ct_rtstruct/pat_2"])
def test_real_series_get_their_masks_back(place: str, medal_data: Path, tmp_path: Path) -> None:
    files = [
        path
        for path in sorted((medal_data / "dicom" / place).glob("*.dcm"))
        if "ImagePositionPatient" in pydicom.dcmread(path, stop_before_pixels=True)
    ]
    source = series_of(files)
    path, mask, grid = exported(tmp_path, source, image_of(source, tmp_path / "a.nii.gz"))
    require_every_voxel(path, mask, grid)


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dicom3tools is not installed")
def test_a_stranger_finds_no_error(tmp_path: Path) -> None:
    source = series(rotation=OBLIQUE)
    path, _, _ = exported(tmp_path, source, image_of(source, tmp_path / "a.nii.gz"), started_from=2)
    said = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True, check=False).stderr
    assert [line for line in said.splitlines() if line.startswith("Error")] == []
