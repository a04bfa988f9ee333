"""Figures that say how good a model is, each with how sure we are of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Interval:
    """An estimate and its 95 % confidence interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True)
class Evaluation:
    """A model on a set of cases.

    Args:
        primary: The metric that decides; a key of `metrics`.
        metrics: Each metric's estimate over the cases.
        per_case: One number for each case, higher is better; what paired tests compare.
        per_label: The same for each label by name; nan for a case in which it cannot be judged. May be left empty.
        compared: What those numbers are, for people: "Dice".
        is_error: Whether that is an error, of which `per_case` holds the negative; so is the primary metric.
        tolerance: A difference of `per_case` that does not matter.
    """

    primary: str
    metrics: Mapping[str, Interval]
    per_case: tuple[float, ...]
    per_label: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    compared: str = ""
    is_error: bool = False
    tolerance: float = 0.01

    @property
    def score(self) -> float:
        """The primary metric, turned so that higher is better."""
        value = self.metrics[self.primary].value
        return -value if self.is_error else value
