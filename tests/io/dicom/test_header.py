from pathlib import Path

import numpy as np
import pytest

from napari_medal.core.file_note import NoteKind
from napari_medal.core.found_case import FoundImage
from napari_medal.core.reader import CloseReader, MaskReader
from napari_medal.errors import FormatError
from napari_medal.io.dicom.channel_name import channel_name
from napari_medal.io.dicom.header import Header
from napari_medal.io.dicom.reader import READER
from napari_medal.testing import check_reader
from tests.io.dicom.written import SECRETS, slice_object, structure_set, write, write_stack

PIXELS = np.arange(12, dtype=np.int16).reshape(3, 4)


def test_reader_keeps_its_promises(tmp_path: Path) -> None:
    assert isinstance(READER, CloseReader)
    assert isinstance(READER, MaskReader)
    check_reader(READER, tmp_path, write(slice_object(PIXELS), tmp_path / "sound.dcm"))


def test_a_file_without_a_preamble_is_read(tmp_path: Path) -> None:
    path = write(slice_object(PIXELS), tmp_path / "x.dcm")
    path.write_bytes(path.read_bytes()[132:])
    assert Header.read(path).modality == "CT"
    np.testing.assert_array_equal(READER.read(path)[0].array[0], PIXELS)


def test_no_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "FEATHERSTONEHAUGH").mkdir()
    path = tmp_path / "FEATHERSTONEHAUGH" / "x.dcm"
    path.write_text("nothing")
    with pytest.raises(FormatError) as caught:
        READER.read(path)
    assert str(caught.value) == "x.dcm: found text; wanted a DICOM file."


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"x\.dcm: found nothing that can be read"):
        READER.read(tmp_path / "x.dcm")


@pytest.mark.parametrize("value", ["a\\b\\c", "1\\2\\nan"])
def test_numbers_that_are_none(tmp_path: Path, value: str) -> None:
    path = write(slice_object(PIXELS, (1.25, 2.25, 3.25)), tmp_path / "x.dcm")
    content = path.read_bytes()
    assert b"1.25\\2.25\\3.25" in content
    path.write_bytes(content.replace(b"1.25\\2.25\\3.25", value.encode().ljust(14)))
    with pytest.raises(FormatError, match="ImagePositionPatient that is no list of numbers"):
        READER.read(path)


def test_an_object_without_pixels(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"RTSTRUCT\) without pixels"):
        READER.read(write(structure_set({}), tmp_path / "x.dcm"))


def test_what_would_have_to_be_repaired_is_said(tmp_path: Path) -> None:
    files = write_stack(tmp_path, np.stack([PIXELS] * 5), [0, 1, 2, 3.4, 5])
    seen = READER.look(FoundImage(tuple(files)), repair=False)
    assert [note.kind for note in seen.notes] == [NoteKind.UNEVEN_SLICES]


@pytest.mark.parametrize(
    ("tags", "name"),
    [
        ({"SeriesDescription": "ax T1 MPRAGE post Gd Featherstonehaugh"}, "T1 post"),
        ({"SeriesDescription": "t2_tse_tra"}, "T2"),
        ({"SeriesDescription": "t2_tirm_tra_dark-fluid"}, "FLAIR"),
        ({"SeriesDescription": "ep2d_diff_b1000"}, "DWI"),
        ({"SeriesDescription": "x", "ImageType": ["DERIVED", "PRIMARY", "DIFFUSION", "ADC"]}, "ADC"),
        ({"SeriesDescription": "REST1 Zebediah"}, "MR"),
        ({"SeriesDescription": "T1 pre contrast"}, "T1"),
        ({"SeriesDescription": "t1 vibe dixon", "ImageType": ["DERIVED", "PRIMARY", "DIXON", "WATER"]}, "T1 water"),
        ({"Modality": "PT", "SeriesDescription": "Zebediah"}, "PET"),
        ({"Modality": "CT", "ContrastBolusAgent": "Omnipaque"}, "CT post"),
    ],
)
def test_channels_have_known_names(tmp_path: Path, tags: dict[str, object], name: str) -> None:
    header = Header.read(write(slice_object(PIXELS, **({"Modality": "MR"} | tags)), tmp_path / "x.dcm"))
    assert channel_name(header) == name


def test_nothing_of_the_patient_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "Featherstonehaugh"
    array = np.stack([PIXELS] * 6)
    tags = {"SeriesDescription": "Zebediah head", "ProtocolName": "swithin"}
    files = write_stack(folder, array, [0, 1, 2, 4, 5, 6], **tags)
    named = [path.rename(path.with_name(f"Zebediah-{path.name}")) for path in files]
    said = [repr(Header.read(named[0])).replace(str(named[0]), "")]
    said.append(repr(READER.look(FoundImage(tuple(named)), repair=False)))
    said.append(repr(READER.look(FoundImage(tuple(named[:3])), repair=False)))
    for spoilt in (
        {"PatientID": "other"},
        {"SeriesInstanceUID": "1.9"},
        {"ImageOrientationPatient": [1, 0, 0, 1, 0, 0]},
    ):
        odd = write_stack(folder / "odd", array[:3], **(tags | spoilt))
        with pytest.raises(FormatError) as caught:
            READER.look(FoundImage((*named[:2], *odd)), repair=False)
        said.append(str(caught.value))
    text = "\n".join(said).casefold()
    assert "a file named after the patient" in text
    for secret in SECRETS:
        assert secret not in text
