import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_medal.core.file_note import NoteKind, Verdict
from napari_medal.core.found_case import FoundImage
from napari_medal.core.reader import CloseLook
from napari_medal.errors import FormatError
from napari_medal.io.dicom.series import look_at_series
from tests.io.dicom.written import slice_object, write, write_stack

ARRAY = np.random.default_rng(0).integers(0, 900, (6, 5, 4)).astype(np.int16)


def look(files: list[Path], repair: bool = False) -> CloseLook:
    return look_at_series(FoundImage(tuple(files)), repair)


def verdicts(seen: CloseLook) -> dict[NoteKind, Verdict]:
    return {note.kind: note.verdict for note in seen.notes}


def by_itk(files: list[Path]) -> Any:
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(SimpleITK.ImageSeriesReader.GetGDCMSeriesFileNames(str(files[0].parent)))
    return reader.Execute()


@st.composite
def orientations(draw: st.DrawFn) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Rows of a rotation: along a row, along a column, normal; any of the 24, and oblique ones."""
    matrix = np.eye(3)[list(draw(st.permutations(range(3))))] * draw(st.sampled_from([-1.0, 1.0]))
    a, b, c = (draw(st.floats(-0.6, 0.6)) for _ in range(3))
    skew = np.array([[0, -c, b], [c, 0, -a], [-b, a, 0]])
    turned = matrix @ (np.linalg.inv(np.eye(3) - skew) @ (np.eye(3) + skew))
    turned[2] = np.cross(turned[0], turned[1])
    return turned


@settings(max_examples=25)
@given(orientations(), st.tuples(*[st.floats(0.3, 4)] * 3), st.randoms(use_true_random=False), st.booleans())
def test_voxels_lie_where_simpleitk_puts_them(
    tmp_path_factory: pytest.TempPathFactory,
    turned: np.ndarray[Any, np.dtype[np.float64]],
    spacing: tuple[float, float, float],
    random: Any,
    signed: bool,
) -> None:
    folder = tmp_path_factory.mktemp("series")
    array = ARRAY.astype(np.int16 if signed else np.uint16)
    numbers = list(range(len(array)))
    random.shuffle(numbers)
    files = []
    for name, number in enumerate(numbers):
        position = [
            round(value, 6) for value in (np.array((3.0, -7.0, 11.0)) + turned[2] * number * spacing[0]).tolist()
        ]
        tags = {
            "ImageOrientationPatient": [round(value, 9) for value in turned[:2].ravel().tolist()],
            "PixelSpacing": [round(value, 6) for value in spacing[1:]],
            "RescaleIntercept": -1024,
            "RescaleSlope": 1,
        }
        files.append(write(slice_object(array[number], position, **tags), folder / f"{name}.dcm"))
    (ours,) = look(files).volumes
    theirs = by_itk(files)
    assert sorted(ours.array.ravel()) == sorted(SimpleITK.GetArrayFromImage(theirs).ravel())
    for corner in itertools.product((0, 3), (0, 4), (0, 5)):
        point = np.array(theirs.TransformIndexToPhysicalPoint([int(value) for value in corner]))
        z, y, x = np.rint(np.linalg.solve(ours.grid.affine, [*point, 1.0])[:3]).astype(int)
        np.testing.assert_allclose(ours.grid.to_world(np.array((z, y, x), dtype=float)), point, atol=1e-3)
        assert ours.array[z, y, x] == theirs.GetPixel([int(value) for value in corner])


def test_a_slope_for_each_slice(tmp_path: Path) -> None:
    slopes = (1.0, 0.5, 2.25)
    files = [
        write(slice_object(ARRAY[n], (0, 0, n), RescaleSlope=slope, RescaleIntercept=-n), tmp_path / f"{n}.dcm")
        for n, slope in enumerate(slopes)
    ]
    (volume,) = look(files).volumes
    assert volume.array.dtype == np.float32
    np.testing.assert_allclose(volume.array, [ARRAY[n] * slope - n for n, slope in enumerate(slopes)])


@pytest.mark.parametrize(("intercept", "dtype"), [(-1024, "i2"), (0, "u2"), (-40000, "i4")])
def test_a_whole_intercept_keeps_whole_numbers(tmp_path: Path, intercept: int, dtype: str) -> None:
    array = ARRAY.astype(np.uint16)
    (volume,) = look(write_stack(tmp_path, array, RescaleIntercept=intercept, RescaleSlope=1)).volumes
    assert volume.array.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(volume.array, array.astype(int) + intercept)


def test_spare_bits_are_no_values(tmp_path: Path) -> None:
    hidden = ARRAY.astype(np.uint16) | np.uint16(0xF000)
    (volume,) = look(write_stack(tmp_path / "u", hidden, BitsStored=12, HighBit=11)).volumes
    np.testing.assert_array_equal(volume.array, ARRAY)
    negative = ((ARRAY - 500) & 0x0FFF).astype(np.int16)
    (volume,) = look(write_stack(tmp_path / "i", negative, BitsStored=12, HighBit=11)).volumes
    np.testing.assert_array_equal(volume.array, ARRAY - 500)


def test_bright_is_high(tmp_path: Path) -> None:
    tags = {"PhotometricInterpretation": "MONOCHROME1", "BitsStored": 10, "HighBit": 9}
    (volume,) = look(write_stack(tmp_path, ARRAY.astype(np.uint16), **tags)).volumes
    np.testing.assert_array_equal(volume.array, 1023 - ARRAY)


def test_a_little_jitter_is_no_note(tmp_path: Path) -> None:
    along = [0, 2.003, 3.996, 6.002, 8.0, 10.001]
    seen = look(write_stack(tmp_path, ARRAY, along))
    assert seen.notes == ()
    assert seen.volumes[0].grid.spacing_mm[0] == pytest.approx(2.0002, abs=1e-4)


def test_missing_slices_are_refused_for_good(tmp_path: Path) -> None:
    seen = look(write_stack(tmp_path, ARRAY, [0, 2, 4, 8, 10, 12]), repair=True)
    assert verdicts(seen) == {NoteKind.MISSING_SLICES: Verdict.REFUSED}
    assert not seen.volumes
    assert "1 of 7 slices missing, after slice 3 of 6" in seen.notes[0].words


def test_uneven_slices_are_resampled_when_asked(tmp_path: Path) -> None:
    along = [0.0, 2.0, 4.0, 5.0, 6.4, 8.0]
    ramp = np.rint(np.multiply.outer(along, np.full((5, 4), 100))).astype(np.int16)
    files = write_stack(tmp_path, ramp, along)
    seen = look(files)
    assert verdicts(seen) == {NoteKind.UNEVEN_SLICES: Verdict.REPAIRABLE}
    assert not seen.volumes
    seen = look(files, repair=True)
    assert verdicts(seen) == {NoteKind.UNEVEN_SLICES: Verdict.REPAIRED}
    assert "were resampled" in seen.notes[0].words
    assert seen.source is None
    (volume,) = seen.volumes
    z = volume.grid.to_world(np.array([(z, 0.0, 0.0) for z in range(len(volume.array))]))[:, 2]
    assert z[0] == 0
    assert z[-1] == pytest.approx(8)
    np.testing.assert_allclose(volume.array[:, 2, 2], z * 100, atol=1)


def test_one_slice_a_little_beside_its_place_is_uneven(tmp_path: Path) -> None:
    seen = look(write_stack(tmp_path, ARRAY, [0, 2, 4.1, 6, 8, 10]))
    assert verdicts(seen) == {NoteKind.UNEVEN_SLICES: Verdict.REPAIRABLE}


def test_half_of_the_distances_doubled_is_no_gap(tmp_path: Path) -> None:
    seen = look(write_stack(tmp_path, ARRAY, [0, 3, 6, 9, 15, 21]))
    assert verdicts(seen) == {NoteKind.UNEVEN_SLICES: Verdict.REPAIRABLE}


def test_a_mosaic_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="found a mosaic"):
        look(write_stack(tmp_path, ARRAY, ImageType=["ORIGINAL", "PRIMARY", "M", "MOSAIC"]))


@pytest.mark.parametrize("drift_mm", [1.3, -1.3])
def test_a_tilted_gantry_is_straightened_when_asked(tmp_path: Path, drift_mm: float) -> None:
    rows = 40
    files = []
    for number in range(8):
        world_y = 20 + number * drift_mm + np.arange(rows)
        picture = np.repeat(np.rint(world_y * 10)[:, None], 6, axis=1).astype(np.int16)
        files.append(write(slice_object(picture, (0, world_y[0], 5.0 * number)), tmp_path / f"{number}.dcm"))
    assert verdicts(look(files)) == {NoteKind.SHEARED: Verdict.REPAIRABLE}
    seen = look(files, repair=True)
    assert verdicts(seen) == {NoteKind.SHEARED: Verdict.REPAIRED}
    (volume,) = seen.volumes
    direction = volume.grid.direction
    np.testing.assert_allclose(direction.T @ direction, np.eye(3), atol=1e-9)
    assert volume.grid.shape == (8, rows + 10, 6)
    index = np.argwhere(volume.array > volume.array.min())
    world = volume.grid.to_world(index.astype(float))
    within = (world[:, 1] >= 31) & (world[:, 1] <= 48)
    values = volume.array[tuple(index.T)]
    np.testing.assert_allclose(values[within], world[within, 1] * 10, atol=1)


def test_a_slice_that_is_there_twice_is_taken_once(tmp_path: Path) -> None:
    files = write_stack(tmp_path, ARRAY)
    write(slice_object(ARRAY[2], (10, 20, 4.0), SeriesInstanceUID="1.2.3.1"), tmp_path / "again.dcm")
    seen = look([*files, tmp_path / "again.dcm"])
    assert verdicts(seen) == {NoteKind.DOUBLED_SLICES: Verdict.NOTED}
    np.testing.assert_array_equal(seen.volumes[0].array, ARRAY)
    assert seen.source is not None
    assert len(seen.source.slices) == 6


def test_the_same_object_twice_is_one(tmp_path: Path) -> None:
    files = write_stack(tmp_path, ARRAY)
    copy = tmp_path / "copy.dcm"
    copy.write_bytes(files[3].read_bytes())
    seen = look([copy, *files])
    assert seen.notes == ()
    np.testing.assert_array_equal(seen.volumes[0].array, ARRAY)


def test_different_slices_at_one_place_are_refused(tmp_path: Path) -> None:
    files = write_stack(tmp_path, ARRAY)
    other = write(slice_object(ARRAY[3], (10, 20, 4.0)), tmp_path / "other.dcm")
    seen = look([*files, other], repair=True)
    assert verdicts(seen) == {NoteKind.DOUBLED_SLICES: Verdict.REFUSED}
    assert not seen.volumes


@pytest.mark.parametrize("tag", ["EchoNumbers", "TemporalPositionIdentifier", "AcquisitionNumber", "DiffusionBValue"])
def test_volumes_in_one_series_become_channels(tmp_path: Path, tag: str) -> None:
    first = write_stack(tmp_path / "a", ARRAY, **{tag: 2})
    second = write_stack(tmp_path / "b", ARRAY + 7, **{tag: 10})
    seen = look([*second, *first])
    assert [volume.array.tolist() for volume in seen.volumes] == [ARRAY.tolist(), (ARRAY + 7).tolist()]
    assert seen.names == ("CT 1", "CT 2")
    assert seen.source is not None
    assert len(seen.source.slices) == 6
    (second_only,) = look_at_series(FoundImage((*second, *first), volume=1), repair=False).volumes
    np.testing.assert_array_equal(second_only.array, ARRAY + 7)


def test_echoes_at_several_times_are_told_apart_by_both(tmp_path: Path) -> None:
    files = [
        path
        for time, echo in ((2, 2), (1, 2), (2, 1), (1, 1))
        for path in write_stack(
            tmp_path / f"{time}{echo}", ARRAY + 10 * echo + time, TemporalPositionIdentifier=time, EchoNumbers=echo
        )
    ]
    shown = [int(volume.array[0, 0, 0] - ARRAY[0, 0, 0]) for volume in look(files).volumes]
    assert shown == [11, 12, 21, 22]


def test_a_long_film_of_volumes_is_refused(tmp_path: Path) -> None:
    files = [
        path
        for time in range(9)
        for path in write_stack(tmp_path / str(time), ARRAY[:2], TemporalPositionIdentifier=time)
    ]
    with pytest.raises(FormatError, match="found 9 volumes in one series"):
        look(files)


def test_a_scout_is_left_out_and_another_stack_is_not(tmp_path: Path) -> None:
    files = write_stack(tmp_path, ARRAY)
    scout = write(slice_object(ARRAY[0, :3], (0, 0, 0)), tmp_path / "scout.dcm")
    seen = look([scout, *files])
    assert verdicts(seen) == {NoteKind.OTHER: Verdict.NOTED}
    np.testing.assert_array_equal(seen.volumes[0].array, ARRAY)
    coronal = write_stack(tmp_path / "c", ARRAY, ImageOrientationPatient=[1.0, 0, 0, 0, 0, -1])
    with pytest.raises(FormatError, match="2 sizes or orientations"):
        look([*files, *coronal])


def test_two_patients_in_one_series_are_refused(tmp_path: Path) -> None:
    files = write_stack(tmp_path / "a", ARRAY[:3]) + write_stack(tmp_path / "b", ARRAY[3:], [6, 8, 10], PatientID="2")
    with pytest.raises(FormatError, match="several patients"):
        look(files)


def test_two_series_are_refused(tmp_path: Path) -> None:
    files = write_stack(tmp_path / "a", ARRAY) + write_stack(tmp_path / "b", ARRAY, SeriesInstanceUID="1.5")
    with pytest.raises(FormatError, match="2 series"):
        look(files)


def test_slices_beside_their_line_are_refused(tmp_path: Path) -> None:
    files = [write(slice_object(ARRAY[n], (float(n % 2) * 3, 0, n)), tmp_path / f"{n}.dcm") for n in range(len(ARRAY))]
    with pytest.raises(FormatError, match="beside their line"):
        look(files)


def test_an_orientation_that_is_none(tmp_path: Path) -> None:
    files = write_stack(tmp_path, ARRAY, ImageOrientationPatient=[1.0, 0, 0, 1, 0, 0])
    with pytest.raises(FormatError, match="at right angles"):
        look(files)


def test_pixels_without_a_size(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"\(0.0, 1.0\) mm apart; wanted distances above 0"):
        look(write_stack(tmp_path, ARRAY, PixelSpacing=[0, 1]))


def test_source_says_what_labels_refer_to(tmp_path: Path) -> None:
    files = write_stack(tmp_path, ARRAY, Modality="MR")
    source = look(files[::-1]).source
    assert source is not None
    assert (source.study_instance_uid, source.series_instance_uid) == ("1.2.3", "1.2.3.1")
    assert (source.frame_of_reference_uid, source.modality) == ("1.2.3.9", "MR")
    assert (source.rows, source.columns, source.pixel_spacing_mm) == (5, 4, (1.0, 1.0))
    assert source.slice_thickness_mm == 2.0
    assert [place.position_mm[2] for place in source.slices] == [0, 2, 4, 6, 8, 10]


def test_oblique_slices_are_noted(tmp_path: Path) -> None:
    cosine, sine = float(np.cos(0.3)), float(np.sin(0.3))
    files = [
        write(
            slice_object(picture, (0, -sine * n, cosine * n), ImageOrientationPatient=[1, 0, 0, 0, cosine, sine]),
            tmp_path / f"{n}.dcm",
        )
        for n, picture in enumerate(ARRAY)
    ]
    seen = look(files)
    assert verdicts(seen) == {NoteKind.OBLIQUE: Verdict.NOTED}
    assert "17.2 degrees" in seen.notes[0].words


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("folder", "shape"),
    [
        ("brain_mr/Study3/11-T1post-18670", (22, 320, 280)),
        ("brain_mr/Study1/13_HCropVolume", (32, 51, 35)),
        ("lung_ct_rtstruct/pat_2", (41, 138, 141)),
    ],
)
def test_real_series_lie_where_simpleitk_puts_them(medal_data: Path, folder: str, shape: tuple[int, int, int]) -> None:
    files = [path for path in (medal_data / "dicom" / folder).glob("*.dcm") if "_RS_" not in path.name]
    (ours,) = look(files).volumes
    assert ours.grid.shape == shape
    reader = SimpleITK.ImageSeriesReader()
    series = SimpleITK.ImageFileReader()
    series.SetFileName(str(files[0]))
    series.ReadImageInformation()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(files[0].parent), series.GetMetaData("0020|000e")))
    theirs = reader.Execute()
    np.testing.assert_array_equal(ours.array, SimpleITK.GetArrayFromImage(theirs))
    for corner in itertools.product(*[(0, size - 1) for size in theirs.GetSize()]):
        point = theirs.TransformIndexToPhysicalPoint(corner)
        np.testing.assert_allclose(ours.grid.to_world(np.array(corner[::-1], dtype=float)), point, atol=1e-3)


@pytest.mark.real_data
def test_a_real_tilted_gantry(medal_data: Path) -> None:
    files = list((medal_data / "dicom/gantry_tilt_ct/In/GE").glob("*.dcm"))
    assert verdicts(look(files)) == {
        NoteKind.SHEARED: Verdict.REPAIRABLE,
        NoteKind.UNEVEN_SLICES: Verdict.REPAIRABLE,
    }
    seen = look(files, repair=True)
    grid = seen.volumes[0].grid
    np.testing.assert_allclose(grid.direction.T @ grid.direction, np.eye(3), atol=1e-6)
    assert grid.spacing_mm == pytest.approx((4.0, 0.4882812, 0.4882812), abs=0.01)
    assert "18.5 degrees" in seen.notes[1].words
