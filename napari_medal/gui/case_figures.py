"""What a panel shows of one case among others."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CaseFigures:
    """The figures of one mask.

    Args:
        case: The case's name.
        is_prediction: Whether the mask is what a model says; else it is a reader's.
        values: One for each feature; nan where the mask does not have it.
        has_learned: Whether the model behind a prediction has learned from a label of this subject.
    """

    case: str
    is_prediction: bool
    values: tuple[float, ...]
    has_learned: bool = False
