"""What a person should know about the files of a case."""

from dataclasses import dataclass
from enum import StrEnum


class NoteKind(StrEnum):
    """What a note is about."""

    OBLIQUE = "oblique"
    SHEARED = "sheared"
    UNEVEN_SLICES = "uneven slices"
    MISSING_SLICES = "missing slices"
    DOUBLED_SLICES = "doubled slices"
    TWO_GEOMETRIES = "sform and qform differ"
    NO_GEOMETRY = "no geometry"
    OTHER_GRID = "channels on different grids"
    LABEL_GRID = "label on another grid"
    LABEL_VALUE = "label of another value"
    NOT_FINITE = "values that are not finite"
    BURNT_IN_TEXT = "burnt-in text"
    OTHER = "other"


class Verdict(StrEnum):
    """What follows from a note."""

    NOTED = "noted"
    """Nothing to do; the case is used as it is."""
    REPAIRED = "repaired"
    """It was changed on the way in, and the note says how."""
    REPAIRABLE = "repairable"
    """The case is refused, but can be repaired if a person asks for it."""
    REFUSED = "refused"
    """The case is refused for good."""


@dataclass(frozen=True)
class FileNote:
    """One remark on the files of a case.

    Args:
        kind: What it is about.
        verdict: What follows from it.
        words: A sentence for people: which file, what was found, what was wanted, what was or could be done.
    """

    kind: NoteKind
    verdict: Verdict
    words: str
