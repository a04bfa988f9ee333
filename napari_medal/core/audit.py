"""A case that measures the model."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Audit:
    """A case that was drawn at random, whatever its score, to measure the live model with.

    Args:
        task: The task.
        number: 1 for the task's first audit, then counting up.
        case: The case's name.
        drawn_at: When it was drawn (UTC).
        waiting: Cases that it was drawn from, itself included.
        annotation: The label that it was measured with; None until it is accepted whole.
        model: The version whose prediction was measured; None where there was none to measure.
        figures: What the task's `compare` gave then, never worked out anew; None without a prediction.
    """

    task: str
    number: int
    case: str
    drawn_at: datetime
    waiting: int
    annotation: int | None = None
    model: int | None = None
    figures: tuple[float, ...] | None = None

    @property
    def is_answered(self) -> bool:
        """Whether a reader has labelled it since."""
        return self.annotation is not None
