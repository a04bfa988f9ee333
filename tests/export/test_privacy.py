from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.core.pseudonyms import Pseudonyms
from napari_medal.export.privacy import Place, suspicion

USUAL_STEMS = (
    "hippocampus",
    "BraTS",
    "BraTS-GLI",
    "case",
    "sub",
    "LIDC-IDRI",
    "IXI",
    "liver",
    "prostate",
    "pat",
    "MR",
    "patient",
)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("mail to jane.doe@clinic.example", "an e-mail address"),
        ("Doe^Jane", "a person's name as DICOM writes it"),
        ("MÜLLER^ÄNNE^^", "a person's name as DICOM writes it"),
        ("Dr. Meier", "a person's name"),
        ("Jane Doe", "a person's name"),
        ("Doe, Jane", "a person's name"),
        ("born 1961", "a date of birth"),
        ("geb. 13.4.61", "a date of birth"),
        ("1961-04-13", "a date"),
        ("scan19610413", "a date"),
        ("13.04.1961", "a date"),
        ("4/13/1961", "a date"),
        ("+49 89 1234567", "a phone number"),
        ("tel 030 123 4567", "a phone number"),
        ("(555) 123-4567", "a phone number"),
        ("MRN 0047110815", "a patient's record number"),
        ("patient_id=12345", "a patient's record number"),
        ("123-45-6789", "a social security number"),
    ],
)
def test_what_tells_of_a_person_is_suspicious_anywhere(text: str, what: str) -> None:
    assert suspicion(text) == what
    assert suspicion(text, Place.NAME) is not None


@pytest.mark.parametrize("text", ["DOE_JANE", "jane-doe-2", "JaneDoe_01", "anna_001", "4711223", "case_0047110815"])
def test_a_case_is_called_neither_like_a_person_nor_like_a_record(text: str) -> None:
    assert suspicion(text, Place.NAME) is not None


@pytest.mark.parametrize(
    ("text", "is_suspicious"),
    [
        ("ann", False),
        ("Anna", False),
        ('bob, the "fast"', False),
        ("reader 1", False),
        ("am", False),
        ("anna meier", True),
    ],
)
def test_a_reader_has_a_given_name_alone(text: str, is_suspicious: bool) -> None:
    assert (suspicion(text, Place.READER) is not None) is is_suspicious


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-28T23:27:03+00:00",
        "0.20200112",
        "5.20200112e-3",
        "1.2.840.10008.5.1.4.1.1.66.4",
        "1.3.6.1.4.1.14519.5.2.1.20010315.1234",
        "20010315" * 8,
        "slices 10-24, 30",
        "FSL5.0",
        "dice mean 0.801 [0.780, 0.822]; volume 12.5 mL",
        "brats_2013_pat0001_1",
        "Left Hippocampus, Anterior",
        "10 x 24 x 300 voxels",
        "",
    ],
)
def test_what_datasets_are_full_of_is_harmless(text: str) -> None:
    assert suspicion(text) is None


@given(st.binary(min_size=16, max_size=32), st.text(), st.text())
def test_pseudonyms_are_harmless(key: bytes, subject: str, exam: str) -> None:
    names = Pseudonyms(key)
    for text in (names.subject(subject), names.exam(subject, exam)):
        assert suspicion(text, Place.NAME) is None
        assert suspicion(text) is None


@given(st.sampled_from(USUAL_STEMS), st.sampled_from("_-"), st.integers(0, 99_999), st.integers(3, 6))
def test_numbered_cases_are_harmless(stem: str, part: str, number: int, digits: int) -> None:
    assert suspicion(f"{stem}{part}{number:0{digits}d}", Place.NAME) is None


@given(st.text())
def test_any_text_is_understood(text: str) -> None:
    for place in Place:
        assert suspicion(text, place) is None or isinstance(suspicion(text, place), str)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)))
def test_no_date_passes(day: date) -> None:
    for text in (f"x_{day:%Y%m%d}", f"{day}", f"{day:%d.%m.%Y}", f"{day:%m/%d/%Y}", f"seen {day:%Y/%m/%d}"):
        assert suspicion(text) == "a date"
