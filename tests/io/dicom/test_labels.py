"""SEG and RTSTRUCT objects as masks."""

from pathlib import Path
from typing import Any

import highdicom
import numpy as np
import numpy.typing as npt
import pydicom
import pytest
import SimpleITK
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.sr.codedict import codes
from pydicom.uid import RLELossless, generate_uid

from napari_medal.core.found_case import FoundImage
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.errors import FormatError, GeometryError
from napari_medal.io.dicom.reader import READER
from tests.io.dicom.written import slice_object, structure_set, write, write_stack

ARRAY = np.random.default_rng(0).integers(0, 900, (6, 16, 12)).astype(np.int16)
SCHEME = LabelScheme((LabelClass(3, "liver", "#e6550d"), LabelClass(7, "left kidney", "#3182bd")))


def scheme(*names: str) -> LabelScheme:
    return LabelScheme(tuple(LabelClass(number, name, "#31a354") for number, name in enumerate(names, 1)))


def image_of(files: list[Path]) -> Any:
    (volume,) = READER.look(FoundImage(tuple(files)), repair=False).volumes
    return volume


def described(number: int, name: str) -> Any:
    return highdicom.seg.SegmentDescription(
        segment_number=number,
        segment_label=name,
        segmented_property_category=codes.SCT.Organ,
        segmented_property_type=codes.SCT.Liver,
        algorithm_type=highdicom.seg.SegmentAlgorithmTypeValues.MANUAL,
    )


def segmentation(files: list[Path], masks: npt.NDArray[Any], names: tuple[str, ...], kind: str, **options: Any) -> Any:
    return highdicom.seg.Segmentation(
        source_images=[pydicom.dcmread(path) for path in files],
        pixel_array=masks,
        segmentation_type=kind,
        segment_descriptions=[described(number, name) for number, name in enumerate(names, 1)],
        series_instance_uid=generate_uid(),
        series_number=9,
        sop_instance_uid=generate_uid(),
        instance_number=1,
        manufacturer="x",
        manufacturer_model_name="x",
        software_versions="1",
        device_serial_number="1",
        **options,
    )


def sources(folder: Path) -> list[Path]:
    """Write a series that highdicom takes."""
    return write_stack(
        folder, ARRAY, StudyID="1", SeriesNumber=1, StudyDate="", StudyTime="", PatientSex="", AccessionNumber=""
    )


def read(path: Path, grid: Grid, labels: LabelScheme = SCHEME) -> npt.NDArray[np.uint8]:
    return READER.read_mask(FoundImage((path,)), grid, labels)


def two_boxes() -> npt.NDArray[np.uint8]:
    """Overlapping boxes, (slice, row, column, segment); the outer slices are empty."""
    masks = np.zeros((*ARRAY.shape, 2), dtype=np.uint8)
    masks[1:4, 2:9, 3:10, 0] = 1
    masks[2:5, 5:14, 1:6, 1] = 1
    return masks


@pytest.mark.parametrize("kind", ["BINARY", "FRACTIONAL"])
def test_segments_go_by_name_and_the_later_label_wins(tmp_path: Path, kind: str) -> None:
    files = sources(tmp_path / "ct")
    masks = two_boxes()
    given_masks = masks if kind == "BINARY" else masks * 0.6 + 0.2
    options = {} if kind == "BINARY" else {"fractional_type": "PROBABILITY", "max_fractional_value": 200}
    made = segmentation(files, given_masks, ("Left_Kidney", "LIVER"), kind, **options)
    made.save_as(tmp_path / "seg.dcm")
    mask = read(tmp_path / "seg.dcm", image_of(files).grid)
    expected = np.where(masks[..., 0], 7, np.where(masks[..., 1], 3, 0))
    np.testing.assert_array_equal(mask, expected)


def test_a_label_map(tmp_path: Path) -> None:
    files = sources(tmp_path / "ct")
    masks = two_boxes()
    values = np.where(masks[..., 1], 2, masks[..., 0]).astype(np.uint8)
    made = segmentation(files, values, ("liver", "left kidney"), "LABELMAP", transfer_syntax_uid=RLELossless)
    made.save_as(tmp_path / "seg.dcm")
    np.testing.assert_array_equal(
        read(tmp_path / "seg.dcm", image_of(files).grid), np.array([0, 3, 7], dtype=np.uint8)[values]
    )


def test_frames_may_be_turned_against_the_image(tmp_path: Path) -> None:
    files = sources(tmp_path / "ct")
    volume = image_of(files)
    mask = two_boxes()[..., 0]
    # The same voxels as sagittal pictures, from left to right, upside down and back to front.
    turned = mask.transpose(2, 0, 1)[::-1, ::-1, ::-1]
    sagittal = []
    for number, picture in enumerate(turned):
        x = volume.grid.origin_mm[0] + (len(turned) - 1 - number)
        position = (x, volume.grid.origin_mm[1] + mask.shape[1] - 1, volume.grid.origin_mm[2] + 2.0 * (len(mask) - 1))
        tags = {
            "ImageOrientationPatient": [0.0, -1, 0, 0, 0, -1],
            "PixelSpacing": [2.0, 1.0],
            "StudyID": "1",
            "SeriesNumber": 2,
            "StudyDate": "",
            "StudyTime": "",
            "PatientSex": "",
            "SeriesInstanceUID": "1.2.3.2",
            "InstanceNumber": number + 1,
        }
        picture_object = slice_object(picture.astype(np.int16), position, **tags)
        sagittal.append(write(picture_object, tmp_path / "sag" / f"{number}.dcm"))
    made = segmentation(sagittal, turned.astype(np.uint8), ("liver",), "BINARY")
    made.save_as(tmp_path / "seg.dcm")
    np.testing.assert_array_equal(read(tmp_path / "seg.dcm", volume.grid, scheme("liver")), mask)


def test_where_names_say_nothing_numbers_count(tmp_path: Path) -> None:
    files = sources(tmp_path / "ct")
    masks = two_boxes()
    segmentation(files, masks, ("Segment 1", "Region_2"), "BINARY").save_as(tmp_path / "seg.dcm")
    mask = read(tmp_path / "seg.dcm", image_of(files).grid, scheme("x", "y"))
    np.testing.assert_array_equal(mask, np.where(masks[..., 1], 2, masks[..., 0]))


@pytest.mark.parametrize("names", [("liver", "spleen"), ("a", "b"), ("liver", "Liver")])
def test_unknown_regions_are_listed(tmp_path: Path, names: tuple[str, str]) -> None:
    files = sources(tmp_path / "ct")
    segmentation(files, two_boxes(), names, "BINARY").save_as(tmp_path / "seg.dcm")
    with pytest.raises(GeometryError) as caught:
        read(tmp_path / "seg.dcm", image_of(files).grid)
    assert f"found the regions 1 '{names[0]}', 2 '{names[1]}'; wanted" in str(caught.value)
    assert str(caught.value).endswith("another one of 3 'liver', 7 'left kidney'.")


def test_regions_in_several_files_are_one_mask(tmp_path: Path) -> None:
    files = sources(tmp_path / "ct")
    masks = two_boxes()
    segmentation(files, masks[..., 0], ("liver",), "BINARY").save_as(tmp_path / "a.dcm")
    segmentation(files, masks[..., 1], ("left kidney",), "BINARY").save_as(tmp_path / "b.dcm")
    grid = image_of(files).grid
    mask = READER.read_mask(FoundImage((tmp_path / "b.dcm", tmp_path / "a.dcm")), grid, SCHEME)
    np.testing.assert_array_equal(mask, np.where(masks[..., 1], 7, masks[..., 0] * 3))


@pytest.mark.parametrize("shift", [(0, 0, 0.5), (0.2, 0, 0), (0, 40.0, 0)])
def test_another_grid_is_refused(tmp_path: Path, shift: tuple[float, float, float]) -> None:
    files = sources(tmp_path / "ct")
    segmentation(files, two_boxes(), ("liver", "left kidney"), "BINARY").save_as(tmp_path / "seg.dcm")
    grid = image_of(files).grid
    affine = grid.affine.copy()
    affine[:3, 3] += shift
    with pytest.raises(GeometryError, match="beside the voxels of its image"):
        read(tmp_path / "seg.dcm", Grid(grid.shape, affine))


def test_a_damaged_segmentation(tmp_path: Path) -> None:
    files = sources(tmp_path / "ct")
    made = segmentation(files, two_boxes(), ("liver", "left kidney"), "BINARY")
    made.PixelData = made.PixelData[:4]
    made.save_as(tmp_path / "seg.dcm")
    with pytest.raises(FormatError, match="damaged segmentation"):
        read(tmp_path / "seg.dcm", image_of(files).grid)


def contour(rows: npt.NDArray[np.float64], columns: npt.NDArray[np.float64], z: float) -> npt.NDArray[np.float64]:
    """Corners in the world of `write_stack`."""
    return np.stack([10 + columns, 20 + rows, np.full(len(rows), z)], axis=1)


def box(first: float, last: float, z: float) -> npt.NDArray[np.float64]:
    edges = np.array([(first, first), (first, last), (last, last), (last, first)])
    return contour(edges[:, 0], edges[:, 1], z)


@settings(max_examples=20)
@given(st.integers(0, 5), st.floats(-0.9, 0.9), st.integers(1, 4), st.integers(2, 5))
def test_contours_belong_to_the_nearest_slice(
    tmp_path_factory: pytest.TempPathFactory, slice_: int, beside_mm: float, first: int, size: int
) -> None:
    folder = tmp_path_factory.mktemp("contours")
    grid = image_of(sources(folder / "ct")).grid
    places = box(first - 0.5, first + size + 0.5, 2.0 * slice_ + beside_mm)
    path = write(structure_set({"Liver": [places], "left kidney": []}), folder / "rt.dcm")
    expected = np.zeros(grid.shape)
    expected[slice_, first : first + size + 1, first : first + size + 1] = 3
    np.testing.assert_array_equal(read(path, grid), expected)


def test_a_contour_within_another_is_a_hole(tmp_path: Path) -> None:
    grid = image_of(sources(tmp_path / "ct")).grid
    path = write(structure_set({"liver": [box(0.5, 9.5, 4), box(3.5, 5.5, 4)]}), tmp_path / "rt.dcm")
    mask = read(path, grid, scheme("liver"))
    assert mask.sum() == 81 - 4
    assert mask[2, 4, 4] == 0


def test_of_planes_closer_than_slices_the_nearest_counts(tmp_path: Path) -> None:
    grid = image_of(sources(tmp_path / "ct")).grid
    path = write(structure_set({"liver": [box(0.5, 9.5, 3.2), box(2.5, 5.5, 4.1)]}), tmp_path / "rt.dcm")
    mask = read(path, grid, scheme("liver"))
    assert mask[2].sum() == 9
    assert mask.sum() == 9


def test_contours_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    grid = image_of(sources(tmp_path / "ct")).grid
    slanted = box(1, 5, 4)
    slanted[:2, 2] += 3
    for corners, match in (
        (slanted, "runs through 1.5 slices"),
        (box(1, 5, 30), "outside"),
        (box(1, 30, 4), "outside"),
    ):
        path = write(structure_set({"liver": [corners]}), tmp_path / "rt.dcm")
        with pytest.raises(GeometryError, match=match):
            read(path, grid, scheme("liver"))


def test_open_lines_enclose_nothing(tmp_path: Path) -> None:
    grid = image_of(sources(tmp_path / "ct")).grid
    made = structure_set({"liver": [box(1, 5, 4)]})
    made.ROIContourSequence[0].ContourSequence[0].ContourGeometricType = "OPEN_PLANAR"
    with pytest.raises(FormatError, match="found a contour of the kind OPEN_PLANAR; wanted closed contours"):
        read(write(made, tmp_path / "rt.dcm"), grid, scheme("liver"))


def test_a_typed_name_with_the_patients_in_it_is_not_said(tmp_path: Path) -> None:
    grid = image_of(sources(tmp_path / "ct")).grid
    path = write(structure_set({"Zebediah tumour": [box(1, 5, 4)]}), tmp_path / "rt.dcm")
    with pytest.raises(GeometryError) as caught:
        read(path, grid)
    assert "zebediah" not in str(caught.value).casefold()


def test_an_image_may_hold_label_values(tmp_path: Path) -> None:
    files = sources(tmp_path / "ct")
    values = two_boxes()[..., 0] * np.int16(3)
    labels = write_stack(tmp_path / "labels", values.astype(np.int16), SeriesInstanceUID="1.2.3.5")
    mask = READER.read_mask(FoundImage(tuple(labels)), image_of(files).grid, SCHEME)
    np.testing.assert_array_equal(mask, values)
    with pytest.raises(GeometryError, match="does not lie on its image's grid"):
        READER.read_mask(FoundImage(tuple(labels[:3])), image_of(files).grid, SCHEME)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("image", "label", "truth"),
    [
        ("ct-3slice", "liver.dcm", "liver_seg.nrrd"),
        ("24x38x3/image", "24x38x3/seg/label.seg", "24x38x3/nrrd/label.nrrd"),
        ("23x38x3/image", "23x38x3/seg/label.seg", "23x38x3/nrrd/label.nrrd"),
        ("24x38x3/image", "sparse-labelmap-noppv.dcm", "sparse_labelmap_noppv_seg.nrrd"),
        ("24x38x3/image", "sparse-labelmap-ppv5.dcm", "sparse_labelmap_ppv5_seg.nrrd"),
    ],
)
def test_real_segmentations(medal_data: Path, image: str, label: str, truth: str) -> None:
    folder = medal_data / "dicom/seg/segmentations"
    grid = image_of(list((folder / image).glob("*.dcm"))).grid
    expected = SimpleITK.GetArrayFromImage(SimpleITK.DICOMOrient(SimpleITK.ReadImage(str(folder / truth)), "LPS"))
    # 5 is the value of padding in one of them, and no segment.
    np.testing.assert_array_equal(read(folder / label, grid, scheme("liver")), expected == 1)


@pytest.mark.real_data
def test_real_overlaps(medal_data: Path) -> None:
    folder = medal_data / "dicom/seg/segmentations"
    grid = image_of(list((folder / "ct-3slice").glob("*.dcm"))).grid
    names = ("GREEN", "ORANGE", "PURPLE", "LIGHT_BLUE", "DARK_BLUE")
    regions = np.zeros((6, *grid.shape), dtype=bool)
    for number in (1, 2, 3):
        layer = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(folder / f"partial_overlaps-{number}.nrrd")))
        for value in range(1, 6):
            regions[value] |= layer == value
    expected = np.zeros(grid.shape, dtype=np.uint8)
    for value in range(1, 6):
        expected[regions[value]] = value
    np.testing.assert_array_equal(read(folder / "partial_overlaps.dcm", grid, scheme(*names)), expected)


@pytest.mark.real_data
@pytest.mark.parametrize(("patient", "planes"), [("pat_2", 7), ("pat_3", 12)])
def test_real_contours(medal_data: Path, patient: str, planes: int) -> None:
    folder = medal_data / "dicom/lung_ct_rtstruct" / patient
    grid = image_of([path for path in folder.glob("*.dcm") if "_RS_" not in path.name]).grid
    (path,) = folder.glob("*_RS_*.dcm")
    mask = read(path, grid, scheme("gtv 1"))
    area = 0.0
    for drawn in pydicom.dcmread(path).ROIContourSequence[0].ContourSequence:
        x, y = np.array(drawn.ContourData, dtype=float).reshape(-1, 3)[:, :2].T
        area += abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2
    pixel = grid.spacing_mm[1] * grid.spacing_mm[2]
    assert np.count_nonzero(mask.any(axis=(1, 2))) == planes
    assert mask.sum() * pixel == pytest.approx(area, rel=0.02)
