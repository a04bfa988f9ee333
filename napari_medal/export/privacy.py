"""Tell whether a text looks as if it told who a person is."""

import re
from enum import Enum, auto

from napari_medal.export.given_names import GIVEN_NAMES


class Place(Enum):
    """Where a text stands, which decides what is usual there."""

    NAME = auto()
    """Of a case, a subject or a tag: numbers are short, and nobody is called by name."""
    READER = auto()
    """A reader's name in the project: a given name alone, or a nickname, is usual."""
    TEXT = auto()
    """Headers, tables and prose."""


_OWN_PSEUDONYM = re.compile(r"s-[a-z2-7]{10}(-[a-z2-7]{6})?")
_HARMLESS = re.compile(
    r"\b[0-9a-f]{32,}\b"  # checksums
    r"|\b\d+(\.\d+){4,}\b"  # DICOM UIDs
    r"|\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?"  # when a label was accepted
    r"|(?<![\w.])[-+]?\d*\.\d+(e[-+]?\d+)?(?![\w.])"  # measurements
)
_DATE = re.compile(
    r"(?<!\d)(19|20)\d\d([-./_ ]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?<!\d)(0?[1-9]|[12]\d|3[01])([-./_])(0?[1-9]|[12]\d|3[01])\6(19|20)\d\d(?!\d)"
)
_PATTERNS = (
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "an e-mail address"),
    (re.compile(r"[^\W\d_][\w' -]*\^[ ]?[^\W\d_]"), "a person's name as DICOM writes it"),
    (re.compile(r"\b(Mr|Mrs|Ms|Miss|Herr|Frau|Dr|Prof|Mme)\.?[ _]+[^\W\d_a-z][^\W\d_]+"), "a person's name"),
    (re.compile(r"(?i)\b(dob|born|birth[ _]?date|date of birth|geb\.?|geboren|geburtsdatum)\W+\d"), "a date of birth"),
    (_DATE, "a date"),
    (re.compile(r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)"), "a social security number"),
    (
        re.compile(
            r"(?<![\w.])\+\d{1,3}[ ()/-]*\d[\d ()/-]{5,}\d"
            r"|(?<![\w.-])\(?0\d{1,4}\)?[ /-]\d{2,}[\d /-]{2,}\d"
            r"|(?<![\w.-])\(?\d{3}\)?[ -]\d{3}-\d{4}(?!\d)"
        ),
        "a phone number",
    ),
    (
        re.compile(
            r"(?i)(?<![a-z])(mrn|ssn|pat(ient)?[ _.-]?(id|nr|no|number)|medical record)"
            r"[ _:#.=-]*[a-z]{0,3}0*[1-9]\d{4,}"
        ),
        "a patient's record number",
    ),
)
_LONG_NUMBER = re.compile(r"(?<!\d)0*[1-9]\d{5,}(?!\d)")
_WORD = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"[^\W\d_a-z][a-zäöüßéèáíóúñç]+|[^\W\d_]+")
_CAPITAL_PAIR = re.compile(r"\b([^\W\d_a-z][^\W\d_]+)(?:,? +)([^\W\d_a-z][^\W\d_]{2,})\b")


def suspicion(text: str, place: Place = Place.TEXT) -> str | None:
    """Say what a text seems to tell of a person, such as "a date"; None if nothing.

    It looks for forms (e-mail, phone, date, DICOM's name^name, record numbers) and for common given names. A surname
    alone it cannot know, and it takes every date for a patient's: it is a guard against haste, not de-identification.
    """
    if _OWN_PSEUDONYM.fullmatch(text):
        return None
    plain = _HARMLESS.sub(" ", text)
    for pattern, what in _PATTERNS:
        if pattern.search(plain):
            return what
    if place is Place.NAME and _LONG_NUMBER.search(plain):
        return "a patient's record number"
    return "a person's name" if _names_somebody(plain, place) else None


def _names_somebody(text: str, place: Place) -> bool:
    if place is Place.NAME:
        words = {word.lower() for run in _WORD.findall(text) for word in (run, *_CAMEL.findall(run))}
        return bool(words & GIVEN_NAMES)
    if place is Place.READER:
        words_said = _WORD.findall(text)
        return len(words_said) == 2 and any(word.lower() in GIVEN_NAMES for word in words_said)
    pairs = _CAPITAL_PAIR.finditer(text)
    return any(word.lower() in GIVEN_NAMES for pair in pairs for word in pair.groups())
