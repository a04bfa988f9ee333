"""A case and where it stands."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class CaseState(StrEnum):
    """Where a case stands in the work of the readers."""

    NEW = "new"
    PREDICTED = "predicted"
    IN_PROGRESS = "in progress"
    ACCEPTED_IN_PART = "accepted in part"
    ACCEPTED = "accepted"
    NEEDS_SECOND_LOOK = "needs a second look"
    SKIPPED = "skipped"
    REJECTED = "rejected"
    BROKEN = "broken"


class Split(StrEnum):
    """What a subject's labels are used for. Once drawn it never changes."""

    UNDRAWN = "undrawn"
    TRAINING = "training"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True)
class Case:
    """One exam to label.

    Args:
        name: Unique in the project; made from the file's name.
        subject: The patient's pseudonym; splits never cut through a subject.
        split: The subject's split.
        state: Where the work on it stands.
        images: One file for each channel, in order.
        broken_reason: Why the case cannot be used, when its state is BROKEN.
        difficulty: How hard readers find it, 1 (easy) to 5; None before anybody said.
        tags: Words that readers find it by, sorted.
        channels: Names of the channels, such as "FLAIR", in order; "" where nothing says one.
    """

    name: str
    subject: str
    split: Split
    state: CaseState
    images: tuple[Path, ...]
    broken_reason: str = ""
    difficulty: int | None = None
    tags: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
