"""A word that DICOM says by a code."""

from dataclasses import dataclass

SNOMED = "SCT"
PRIVATE = "99MEDAL"
"""Names of private coding schemes begin with 99 (DICOM PS3.3, 8.2)."""


@dataclass(frozen=True)
class CodedTerm:
    """A code, whose it is, and what it means.

    Args:
        value: The code.
        meaning: Words for people, at most 64 letters.
        scheme: Designator of the coding scheme (DICOM PS3.16, 8).
    """

    value: str
    meaning: str
    scheme: str = SNOMED
