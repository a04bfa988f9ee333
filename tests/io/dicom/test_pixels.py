"""Pictures by themselves, films, colours, encodings."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import SimpleITK
from PIL import Image, ImageDraw, ImageFont
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
    SecondaryCaptureImageStorage,
)

from napari_medal.core.file_note import NoteKind
from napari_medal.core.found_case import FoundImage
from napari_medal.core.reader import CloseLook
from napari_medal.errors import FormatError
from napari_medal.io.dicom.header import Header
from napari_medal.io.dicom.series import look_at_series
from tests.io.dicom.written import slice_object, write, write_stack

GREY = np.random.default_rng(1).integers(0, 4000, (40, 30)).astype(np.uint16)
COLOUR = np.random.default_rng(2).integers(0, 255, (40, 30, 3)).astype(np.uint8)


def look(*files: Path) -> CloseLook:
    return look_at_series(FoundImage(files), repair=False)


def smooth_colours() -> npt.NDArray[np.uint8]:
    rows, columns = np.mgrid[:48, :64]
    return np.stack([rows * 4, columns * 3, 200 - rows * 2], axis=-1).astype(np.uint8)


def test_a_picture_without_a_place_has_pixels_of_one_mm(tmp_path: Path) -> None:
    seen = look(write(slice_object(GREY, None, Modality="DX"), tmp_path / "x.dcm"))
    (volume,) = seen.volumes
    np.testing.assert_array_equal(volume.array, GREY[None])
    assert volume.grid.spacing_mm == (1, 1, 1)
    assert seen.source is None
    assert seen.notes == ()


def test_imager_spacing_serves_where_there_is_no_other(tmp_path: Path) -> None:
    path = write(slice_object(GREY, None, Modality="MG", ImagerPixelSpacing=[0.1, 0.2]), tmp_path / "x.dcm")
    assert look(path).volumes[0].grid.spacing_mm == (1, 0.1, 0.2)


def region(delta: tuple[float, float], units: int = 3) -> Dataset:
    made = Dataset()
    made.PhysicalDeltaX, made.PhysicalDeltaY = delta
    made.PhysicalUnitsXDirection = made.PhysicalUnitsYDirection = units
    return made


@pytest.mark.parametrize(
    ("regions", "spacing_mm"),
    [
        ([region((0.01, 0.02))], (1, 0.2, 0.1)),
        ([region((0.01, 0.02))] * 2, (1, 0.2, 0.1)),
        ([region((0.01, 0.02)), region((0.03, 0.02))], (1, 1, 1)),
        ([region((0.01, 0.02), units=4)], (1, 1, 1)),
        ([Dataset()], (1, 1, 1)),
    ],
)
def test_regions_say_how_large_ultrasound_pixels_are(
    tmp_path: Path, regions: list[Dataset], spacing_mm: tuple[float, float, float]
) -> None:
    path = write(slice_object(GREY, None, Modality="US", SequenceOfUltrasoundRegions=regions), tmp_path / "x.dcm")
    assert look(path).volumes[0].grid.spacing_mm == pytest.approx(spacing_mm)


def test_a_placed_single_slice_is_as_thick_as_it_says(tmp_path: Path) -> None:
    seen = look(write(slice_object(GREY, (1, 2, 3), SliceThickness=4.5), tmp_path / "x.dcm"))
    assert seen.volumes[0].grid.spacing_mm == (4.5, 1, 1)
    assert seen.source is not None


def test_pictures_without_a_place_stay_apart(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="wanted each by itself"):
        look(*(write(slice_object(GREY, None), tmp_path / f"{n}.dcm") for n in range(2)))


@pytest.mark.parametrize("planar", [0, 1])
def test_colours_become_channels(tmp_path: Path, planar: int) -> None:
    stored = COLOUR if planar == 0 else np.ascontiguousarray(np.moveaxis(COLOUR, -1, 0))
    dataset = slice_object(COLOUR, None, Modality="US", PlanarConfiguration=planar, PixelData=stored.tobytes())
    seen = look(write(dataset, tmp_path / "x.dcm"))
    np.testing.assert_array_equal(np.stack([volume.array[0] for volume in seen.volumes], axis=-1), COLOUR)
    assert seen.names == ("US red", "US green", "US blue")


def test_colours_that_are_grey_are_one_channel(tmp_path: Path) -> None:
    grey = np.repeat(COLOUR[..., :1], 3, axis=-1)
    seen = look(write(slice_object(grey, None), tmp_path / "x.dcm"))
    np.testing.assert_array_equal(seen.volumes[0].array[0], grey[..., 0])
    assert len(seen.volumes) == 1


def test_a_palette_becomes_colours(tmp_path: Path) -> None:
    table = np.arange(256, dtype=np.uint8)
    tags: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
    for number, name in enumerate(("Red", "Green", "Blue")):
        tags[f"{name}PaletteColorLookupTableDescriptor"] = [256, 0, 8]
        tags[f"{name}PaletteColorLookupTableData"] = np.roll(table, number).tobytes()
    picture = COLOUR[..., 0]
    seen = look(write(slice_object(picture, None, **tags), tmp_path / "x.dcm"))
    for number, volume in enumerate(seen.volumes):
        np.testing.assert_array_equal(volume.array[0], np.roll(table, number)[picture])


def test_a_film_is_a_stack_that_says_so(tmp_path: Path) -> None:
    film = np.stack([GREY, GREY + 1, GREY + 2])
    dataset = slice_object(GREY, None, NumberOfFrames=3, PixelData=film.tobytes(), Modality="XA")
    seen = look(write(dataset, tmp_path / "x.dcm"))
    np.testing.assert_array_equal(seen.volumes[0].array, film)
    assert [note.kind for note in seen.notes] == [NoteKind.NO_GEOMETRY]


@pytest.mark.parametrize(
    ("modality", "annotation", "is_noted"),
    [("US", None, True), ("US", "NO", False), ("DX", None, False), ("DX", "YES", True), ("OT", None, True)],
)
def test_burnt_in_text_by_the_header(tmp_path: Path, modality: str, annotation: str | None, is_noted: bool) -> None:
    tags = {"Modality": modality, "BurnedInAnnotation": annotation}
    seen = look(write(slice_object(GREY, None, **tags), tmp_path / "x.dcm"))
    assert (NoteKind.BURNT_IN_TEXT in {note.kind for note in seen.notes}) is is_noted


def test_burnt_in_text_by_its_looks(tmp_path: Path) -> None:
    image = Image.new("L", (120, 60))
    ImageDraw.Draw(image).text((10, 10), "DOE 1933", fill=255, font=ImageFont.load_default(16))
    dataset = slice_object(np.asarray(image), None, SOPClassUID=SecondaryCaptureImageStorage, BurnedInAnnotation="NO")
    (note,) = look(write(dataset, tmp_path / "x.dcm")).notes
    assert note.kind is NoteKind.BURNT_IN_TEXT
    assert "looks like letters" in note.words


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian])
@pytest.mark.parametrize("dtype", ["u1", "u2", "i2", "i4"])
def test_plain_encodings(tmp_path: Path, syntax: Any, dtype: str) -> None:
    array = (GREY // 20).astype(dtype)
    dataset = slice_object(array, None)
    if syntax == ExplicitVRBigEndian:
        dataset.PixelData = array.byteswap().tobytes()
    (volume,) = look(write(dataset, tmp_path / "x.dcm", syntax)).volumes
    np.testing.assert_array_equal(volume.array[0], array)
    assert volume.array.dtype == np.dtype(dtype)


@pytest.mark.parametrize("syntax", [RLELossless, JPEGLSLossless])
@pytest.mark.parametrize("dtype", ["u1", "u2"])
def test_compressed_by_pydicom(tmp_path: Path, syntax: Any, dtype: str) -> None:
    dataset = slice_object((GREY // 20).astype(dtype), None, RescaleSlope=2, RescaleIntercept=-3)
    write(dataset, tmp_path / "x.dcm")
    dataset.compress(syntax, generate_instance_uid=False)
    dataset.save_as(tmp_path / "x.dcm", enforce_file_format=True)
    np.testing.assert_allclose(look(tmp_path / "x.dcm").volumes[0].array[0], (GREY // 20) * 2.0 - 3)


@pytest.mark.parametrize(("compressor", "syntax"), [("JPEG", JPEGLosslessSV1), ("JPEG2000", JPEG2000Lossless)])
@pytest.mark.parametrize("signed", [False, True])
def test_compressed_by_gdcm(tmp_path: Path, compressor: str, syntax: Any, signed: bool) -> None:
    array = GREY.astype(np.int16) - 1500 if signed else GREY
    image = SimpleITK.JoinSeries(SimpleITK.GetImageFromArray(array))
    writer = SimpleITK.ImageFileWriter()
    writer.SetImageIO("GDCMImageIO")
    writer.SetUseCompression(True)
    writer.SetCompressor(compressor)
    writer.SetFileName(str(tmp_path / "x.dcm"))
    writer.Execute(image)
    header = Header.read(tmp_path / "x.dcm")
    assert header.pixels is not None
    assert header.pixels.transfer_syntax == syntax
    np.testing.assert_array_equal(look(tmp_path / "x.dcm").volumes[0].array[0], array)


def test_jpeg_colours_become_red_green_and_blue(tmp_path: Path) -> None:
    colours = smooth_colours()
    stream = io.BytesIO()
    Image.fromarray(colours).save(stream, "JPEG", quality=98, subsampling=0)
    tags = {"PhotometricInterpretation": "YBR_FULL_422", "PixelData": encapsulate([stream.getvalue()])}
    seen = look(write(slice_object(colours, None, **tags), tmp_path / "x.dcm", JPEGBaseline8Bit))
    read = np.stack([volume.array[0] for volume in seen.volumes], axis=-1).astype(int)
    assert np.abs(read - colours).max() < 12


def test_a_compressed_film(tmp_path: Path) -> None:
    film = np.stack([GREY, GREY[::-1], GREY // 2])
    dataset = slice_object(GREY, None, NumberOfFrames=3, PixelData=film.tobytes())
    write(dataset, tmp_path / "x.dcm")
    dataset.compress(RLELossless, generate_instance_uid=False)
    dataset.save_as(tmp_path / "x.dcm", enforce_file_format=True)
    np.testing.assert_array_equal(look(tmp_path / "x.dcm").volumes[0].array, film)


def test_damaged_jpeg_is_refused(tmp_path: Path) -> None:
    tags = {"PixelData": encapsulate([b"no jpeg at all.."])}
    path = write(slice_object(GREY.astype(np.uint8), None, **tags), tmp_path / "x.dcm", JPEGBaseline8Bit)
    with pytest.raises(FormatError, match=r"x\.dcm: found pixels that cannot be decoded \(JPEG Baseline"):
        look(path)


def test_a_cut_off_file_is_refused(tmp_path: Path) -> None:
    files = write_stack(tmp_path, np.stack([GREY] * 3))
    files[1].write_bytes(files[1].read_bytes()[:-100])
    with pytest.raises(FormatError, match=r"i1\.dcm: found a cut-off file"):
        look(*files)


@pytest.mark.parametrize("tags", [{"Rows": 65535, "Columns": 65535}, {"NumberOfFrames": 2000000000}])
def test_more_pixels_than_a_file_can_hold_are_refused(tmp_path: Path, tags: dict[str, int]) -> None:
    path = write(slice_object(GREY, None, **tags), tmp_path / "x.dcm")
    with pytest.raises(FormatError, match=r"x\.dcm: found (a cut-off file|2000000000 frames)"):
        look(path)


def test_fractions_as_pixels(tmp_path: Path) -> None:
    fractions = np.random.default_rng(0).random((4, 5)).astype(np.float32)
    dataset = slice_object(np.zeros((4, 5), np.int32), None, PixelData=None, FloatPixelData=fractions.tobytes())
    np.testing.assert_array_equal(look(write(dataset, tmp_path / "x.dcm")).volumes[0].array[0], fractions)


@pytest.mark.real_data
def test_real_objects_of_many_frames(medal_data: Path) -> None:
    segmentations = medal_data / "dicom/seg/segmentations/24x38x3"
    many = look(segmentations / "multiframe/mf.dcm").volumes[0]
    single = look(*(segmentations / "image").glob("*.dcm")).volumes[0]
    np.testing.assert_array_equal(many.array, single.array)
    assert many.grid.matches(single.grid)
    seen = look(medal_data / "odd/enh.dcm")
    theirs = SimpleITK.ReadImage(str(medal_data / "odd/enh.dcm"))
    np.testing.assert_array_equal(seen.volumes[0].array, SimpleITK.GetArrayFromImage(theirs))
    assert seen.volumes[0].grid.spacing_mm == pytest.approx((2.4, 3.375, 3.375), abs=1e-4)
    assert seen.source is not None
    assert [place.frame for place in seen.source.slices] == [1, 2, 3, 4, 5, 6]
