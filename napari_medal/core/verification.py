"""Whether a second reader looks at what a reader accepted."""

from enum import StrEnum


class Verification(StrEnum):
    """Who has the last word on a label.

    NONE: the reader who accepts it. SECOND_READER: another reader, who accepts it again, changed or not (Buda, Saha,
    Mazurowski 2019, Comput Biol Med 109:218: one reader outlined every case, a radiologist verified all of them).
    """

    NONE = "none"
    SECOND_READER = "second-reader"


class Stage(StrEnum):
    """Where a label stands on its way to a second reader, as one reader sees it; NOT_ASKED where it has no such way."""

    NOT_ASKED = ""
    TO_VERIFY = "to verify"
    AWAITING = "awaits verification"
    VERIFIED = "verified"


class LearnFrom(StrEnum):
    """Which accepted labels models learn from and are judged on."""

    ALL = "all"
    VERIFIED = "verified"
