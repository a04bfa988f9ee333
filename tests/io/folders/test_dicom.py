import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from napari_medal.core.folder_reader import FolderReader
from napari_medal.core.found_case import FoundCase, FoundImage
from napari_medal.core.found_cases import FoundCases
from napari_medal.core.progress import Silent
from napari_medal.core.pseudonyms import Pseudonyms
from napari_medal.errors import FormatError
from napari_medal.io.dicom.reader import READER
from napari_medal.io.folders.dicom import FOLDER
from tests.io.dicom.written import SECRETS, slice_object, structure_set, write, write_stack

NAMES = Pseudonyms(b"0123456789abcdef")
ARRAY = np.random.default_rng(0).integers(0, 900, (5, 6, 4)).astype(np.int16)


def find(folder: Path) -> list[FoundCase]:
    return list(FOLDER.find(folder, NAMES, Silent()))


def mr(folder: Path, description: str, array: Any = ARRAY, **tags: Any) -> list[Path]:
    series = "1.2.3." + "".join(str(ord(letter)) for letter in description[:9])
    wanted = {"Modality": "MR", "SeriesDescription": description, "SeriesInstanceUID": series} | tags
    return write_stack(folder, array, **wanted)


def test_it_is_a_reader_of_folders() -> None:
    assert isinstance(FOLDER, FolderReader)


def test_it_recognises_files_by_their_content(tmp_path: Path) -> None:
    assert not FOLDER.recognises(tmp_path)
    path = write(slice_object(ARRAY[0]), tmp_path / "deep" / "down" / "IM00001")
    assert FOLDER.recognises(tmp_path)
    assert not FOLDER.recognises(path)
    assert not FOLDER.recognises(tmp_path / "missing")
    (tmp_path / "a.nii.gz").touch()
    assert not FOLDER.recognises(tmp_path)


def test_series_that_share_a_space_are_channels(tmp_path: Path) -> None:
    mr(tmp_path / "a", "t2 tse")
    mr(tmp_path / "b", "t1 post Featherstonehaugh", np.repeat(ARRAY, 2, axis=1))
    mr(tmp_path / "c", "flair")
    mr(tmp_path / "d", "t2 other")
    mr(tmp_path / "e", "adc", FrameOfReferenceUID="1.2.3.10")
    mr(tmp_path / "f", "t1", StudyInstanceUID="1.2.4")
    mr(tmp_path / "g", "scout", ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
    (tmp_path / "DICOMDIR").write_bytes((tmp_path / "a" / "i0.dcm").read_bytes())
    (tmp_path / "notes.txt").write_text("nothing")
    cases = find(tmp_path)
    channels = sorted([image.name for image in case.images] for case in cases)
    assert channels == [["ADC"], ["T1"], ["T1 post", "FLAIR", "T2 1", "T2 2"]]
    assert {case.subject for case in cases} == {NAMES.subject("HOSP-998877\0")}
    for case in cases:
        assert case.name.startswith(f"{case.subject}-")
        assert re.fullmatch(r"[a-z0-9-]+", case.name)
        assert all(image.reader == "dicom" for image in case.images)
        for image in case.images:
            seen = READER.look(image, repair=False)
            assert seen.volumes
            assert seen.names == (image.name,)
    assert [case.name for case in find(tmp_path)] == [case.name for case in cases]


def test_nothing_of_the_patient_is_in_what_is_found(tmp_path: Path) -> None:
    mr(tmp_path / "a", "Zebediah of Swithin")
    (case,) = find(tmp_path)
    said = f"{case.name} {case.subject} {[image.name for image in case.images]}".casefold()
    assert not [secret for secret in SECRETS if secret in said]


def test_patients_are_told_apart_by_identifier_and_issuer(tmp_path: Path) -> None:
    patients = (
        {"PatientID": "1"},
        {"PatientID": "2"},
        {"PatientID": "1", "IssuerOfPatientID": "other"},
        {"PatientID": None},
        {"PatientID": None, "PatientName": "Somebody^Else"},
        {"PatientID": None, "PatientName": None},
    )
    for number, patient in enumerate(patients):
        uids = {"StudyInstanceUID": f"1.{number}", "SeriesInstanceUID": f"1.{number}.1"}
        write_stack(tmp_path / str(number), ARRAY, FrameOfReferenceUID=f"1.{number}.2", **uids, **patient)
    cases = find(tmp_path)
    assert len({case.subject for case in cases}) == len(cases) == len(patients)


def test_two_patients_in_one_series_are_one_broken_case_and_the_rest_goes_on(tmp_path: Path) -> None:
    write_stack(tmp_path / "a", ARRAY)
    write_stack(tmp_path / "b", ARRAY, PatientID="2")
    write_stack(tmp_path / "c", ARRAY, SeriesInstanceUID="1.9", FrameOfReferenceUID="1.9.9", PatientID="3")
    cases = find(tmp_path)
    assert len(cases) == 2
    good = [case for case in cases if case.subject == NAMES.subject("3\0")]
    (bad,) = [case for case in cases if case not in good]
    assert READER.look(good[0].images[0], repair=False).volumes
    with pytest.raises(FormatError, match="several patients"):
        READER.look(bad.images[0], repair=False)


def test_a_damaged_file_is_a_case_that_says_so(tmp_path: Path) -> None:
    write_stack(tmp_path, ARRAY)
    broken = write(slice_object(ARRAY[0]), tmp_path / "z.dcm")
    broken.write_bytes(broken.read_bytes()[:200] + b"\xff" * 40)
    cases = find(tmp_path)
    assert sorted(len(case.images[0].files) for case in cases) == [1, 5]
    (bad,) = [case for case in cases if len(case.images[0].files) == 1]
    with pytest.raises(FormatError, match=r"z\.dcm"):
        READER.look(bad.images[0], repair=False)


def test_two_stacks_in_one_series_are_two_channels_and_a_scout_is_none(tmp_path: Path) -> None:
    write_stack(tmp_path / "a", ARRAY)
    for number in range(5):
        coronal = slice_object(ARRAY[number, :5], (10, 2 * number, 40), ImageOrientationPatient=[1.0, 0, 0, 0, 0, -1])
        write(coronal, tmp_path / "b" / f"{number}.dcm")
    write(slice_object(ARRAY[0, :3], (0, 0, 0)), tmp_path / "s.dcm")
    (case,) = find(tmp_path)
    assert [len(image.files) for image in case.images] == [6, 5]
    assert [READER.look(image, repair=False).volumes[0].array.size for image in case.images] == [120, 100]


def test_pictures_without_a_place_are_cases_and_screen_shots_beside_a_scan_are_not(tmp_path: Path) -> None:
    for number in range(3):
        write(slice_object(ARRAY[number], None, Modality="US", StudyInstanceUID="1.7"), tmp_path / f"u{number}.dcm")
    assert len(find(tmp_path)) == 3
    capture = {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7", "SeriesInstanceUID": "1.2.3.8", "Modality": "CT"}
    write(slice_object(ARRAY[0], None, **capture), tmp_path / "shot.dcm")
    assert len(find(tmp_path)) == 4
    write_stack(tmp_path / "ct", ARRAY, SeriesInstanceUID="1.2.3.9")
    assert len(find(tmp_path)) == 4


def box(z: float) -> Any:
    return np.array([(10.5, 20.5, z), (12.5, 20.5, z), (12.5, 22.5, z), (10.5, 22.5, z)])


def test_structures_are_the_mask_of_their_case(tmp_path: Path) -> None:
    write_stack(tmp_path / "a", ARRAY)
    write_stack(tmp_path / "b", ARRAY, SeriesInstanceUID="1.8", FrameOfReferenceUID="1.8.8", StudyInstanceUID="1.8.1")
    label = write(structure_set({"liver": [box(2)]}), tmp_path / "rs.dcm")
    (tmp_path / "copy.dcm").write_bytes(label.read_bytes())
    masks = {case.images[0].key: case.mask for case in find(tmp_path)}
    assert masks == {"1.2.3.1": FoundImage((tmp_path / "copy.dcm",), "dicom"), "1.8": None}
    label.unlink()
    write(structure_set({"liver": [box(2)]}, series="1.99"), tmp_path / "copy.dcm")
    assert {case.images[0].key for case in find(tmp_path) if case.mask} == {"1.2.3.1"}


def test_labels_of_no_image_are_counted(tmp_path: Path) -> None:
    write_stack(tmp_path / "b", ARRAY, SeriesInstanceUID="1.8", FrameOfReferenceUID="1.8.8", StudyInstanceUID="1.8.1")
    found = FOLDER.find(tmp_path, NAMES, Silent())
    assert isinstance(found, FoundCases)
    assert found.remarks == ()
    label = write(structure_set({"liver": [box(2)]}), tmp_path / "rs.dcm")
    (tmp_path / "copy.dcm").write_bytes(label.read_bytes())
    write(structure_set({"spleen": [box(2)]}), tmp_path / "other.dcm")
    found = FOLDER.find(tmp_path, NAMES, Silent())
    assert isinstance(found, FoundCases)
    assert [case.mask for case in found] == [None]
    assert found.remarks == (
        "2 SEG or RTSTRUCT objects refer to no image in the folder, and nothing was taken of that.",
    )


def test_masks_come_by_the_keys_of_cases(tmp_path: Path) -> None:
    label = write(structure_set({"liver": [box(2)]}), tmp_path / "labels" / "rs.dcm")
    cases = [FoundCase("one", (FoundImage((), key="1.2.3.1"),)), FoundCase("two", (FoundImage((), key="1.2"),))]
    assert dict(FOLDER.masks(tmp_path / "labels", cases)) == {"one": FoundImage((label,), "dicom")}


@pytest.mark.real_data
def test_a_real_tree_of_many_patients(medal_data: Path) -> None:
    cases = find(medal_data / "dicom")
    by_files = {tuple(sorted(len(image.files) for image in case.images)): case for case in cases}
    assert set(by_files) >= {(28,), (22, 40), (32,), (41,), (46,), (3,)}
    assert [image.name for image in by_files[22, 40].images] == ["T1 post", "MR"]
    for count in (41, 46):
        mask = by_files[(count,)].mask
        assert mask is not None
        assert "_RS_" in mask.files[0].name
    liver = by_files[(3,)].mask
    assert liver is not None
    assert [path.name for path in liver.files] == ["liver.dcm", "partial_overlaps.dcm"]
    assert len({case.subject for case in cases}) == 7
