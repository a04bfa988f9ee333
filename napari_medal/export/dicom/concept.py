"""A coded term as highdicom wants it."""

from typing import TYPE_CHECKING

from napari_medal.export.dicom.coded_term import CodedTerm

if TYPE_CHECKING:
    from highdicom.sr import CodedConcept


def concept(term: CodedTerm) -> "CodedConcept":
    """Return the code sequence item of a term."""
    from highdicom.sr import CodedConcept

    return CodedConcept(term.value, term.scheme, term.meaning)
