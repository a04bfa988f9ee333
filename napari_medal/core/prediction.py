"""What one model version says of one case."""

from dataclasses import dataclass

from napari_medal.core.score import CaseScore
from napari_medal.types import FloatArray, LabelArray


@dataclass(frozen=True, eq=False)
class Prediction:
    """A model version's answer for a case, on the case's canonical grid.

    Args:
        score: How uncertain it is.
        probabilities: Ensemble mean; (C, Z, Y, X) with background first for a mask, (C,) for a class. For a value it is
            (1,), the value itself.
        mask: (Z, Y, X) label values, for tasks that draw.
        uncertainty: (Z, Y, X) map in [0, 1], for tasks that draw.
        class_value: The likeliest class, for tasks that choose.
        value: The number in the quantity's unit, for tasks that measure.
        spread: Standard deviation of what the members say, likewise.
    """

    score: CaseScore
    probabilities: FloatArray
    mask: LabelArray | None = None
    uncertainty: FloatArray | None = None
    class_value: int | None = None
    value: float | None = None
    spread: float | None = None
