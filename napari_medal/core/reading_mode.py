"""How a reader and a model share a reading."""

from enum import StrEnum


class ReadingMode(StrEnum):
    """The four uses of a model beside a reader (Buda 2024, doctoral thesis, "intended use").

    CONCURRENT: the prediction is there from the start. SECOND_READ: it is hidden until the reader's own first label is
    kept. TRIAGE: the model orders the list and shows nothing else. RULE_OUT: as concurrent, and cases that the model
    holds for negative are listed apart, at the end.
    """

    CONCURRENT = "concurrent"
    SECOND_READ = "second-read"
    TRIAGE = "triage"
    RULE_OUT = "rule-out"
