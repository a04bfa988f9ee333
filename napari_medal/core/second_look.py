"""A case that somebody should look at again, and why."""

from dataclasses import dataclass
from enum import StrEnum


class LookKind(StrEnum):
    """What is suspicious: a label that networks which have not seen it contradict, an image unlike all others, or an
    exam that is there under another name.
    """  # noqa: D205

    DISAGREEMENT = "disagreement"
    UNLIKE = "unlike"
    DUPLICATE = "duplicate"


@dataclass(frozen=True)
class SecondLook:
    """One entry of the list of second looks.

    Args:
        case: The case.
        kind: What is suspicious.
        suspicion: 0 to 1; comparable between kinds.
        reason: Why, for people: "the model finds anterior on slices 3-6, where the label has none".
        annotation: Identifier of the label that is in question; None where it is the image.
        axial: Axial slice (canonical axis 0) to look at first, from 0; None for all.
        dismissed: Whether somebody has looked, and called it right.
    """

    case: str
    kind: LookKind
    suspicion: float
    reason: str
    annotation: int | None = None
    axial: int | None = None
    dismissed: bool = False
