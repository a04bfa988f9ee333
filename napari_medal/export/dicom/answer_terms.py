"""Questions, answers and units of a report, in codes."""

from napari_medal.export.dicom.coded_term import PRIVATE, CodedTerm
from napari_medal.export.dicom.plain_text import plain_text
from napari_medal.export.dicom.vocabulary import ANSWERS, QUANTITIES

UCUM = "UCUM"
_UNITS = {
    "": ("1", "no units"),
    "%": ("%", "Percent"),
    "cm": ("cm", "cm"),
    "cm2": ("cm2", "cm2"),
    "cm3": ("cm3", "cm3"),
    "days": ("d", "day"),
    "degrees": ("deg", "deg"),
    "hu": ("[hnsf'U]", "Hounsfield unit"),
    "l": ("L", "L"),
    "mm": ("mm", "mm"),
    "mm2": ("mm2", "mm2"),
    "mm3": ("mm3", "mm3"),
    "ml": ("mL", "mL"),
    "months": ("mo", "month"),
    "years": ("a", "year"),
}
"""Codes of the Unified Code for Units of Measure, by what people write in lower case."""


def question_term(name: str) -> CodedTerm:
    """Return the code of what is asked or measured: a public one where there is one, else a private one, its name."""
    return QUANTITIES.get(name.strip().lower()) or _private(name)


def answer_term(name: str) -> CodedTerm:
    """Return the code of a class: a public one where there is one, else a private one, its name."""
    return ANSWERS.get(name.strip().lower()) or _private(name)


def unit_term(unit: str) -> CodedTerm:
    """Return a unit's UCUM code; of one that is not known an annotation in braces, which UCUM allows for any word."""
    plain = plain_text(unit, 14)
    key = plain.lower().replace("²", "2").replace("³", "3")
    if key in _UNITS:
        return CodedTerm(*_UNITS[key], UCUM)
    word = "".join(letter for letter in plain if "!" <= letter <= "~" and letter not in "{}") or "unit"
    return CodedTerm(f"{{{word}}}", plain, UCUM)


def _private(name: str) -> CodedTerm:
    text = plain_text(name)
    return CodedTerm(text, text, PRIVATE)
