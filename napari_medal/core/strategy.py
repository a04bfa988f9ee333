"""The protocol of an acquisition strategy: which case to label next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from napari_medal.core.score import CaseScore

Features = tuple[float, ...]
"""Where a case lies among the others: what it looks like, or what the live model's deepest layer makes of it."""


@dataclass(frozen=True)
class Candidate:
    """A case that waits for a label.

    Args:
        case: Its name.
        score: How uncertain the live model is; None before any model has seen it.
        features: Where it lies among the others; None where that is not known.
        seconds: How long a reader will probably take to correct what the live model says; None where nobody can tell.
        finds: Whether the live model finds something in it: a structure, or another class than the first.
    """

    case: str
    score: CaseScore | None
    features: Features | None = None
    seconds: float | None = None
    finds: bool | None = None


@dataclass(frozen=True)
class Pool:
    """What a strategy chooses from.

    Args:
        candidates: The waiting cases, sorted by name.
        labelled: Cases already labelled for training.
        seed: Makes every random choice repeatable.
        taught: Features of the labelled cases, in the same space as the candidates'.
        batch: How many cases are labelled before the order is made anew; diversity is sought within so many.
        weaknesses: For each label, in order, how far the live model is from perfect on the validation set, 0 to 1;
            empty where that is not known.
        labels: Names of the labels, in order.
    """

    candidates: Sequence[Candidate]
    labelled: int
    seed: int
    taught: Sequence[Features] = ()
    batch: int = 4
    weaknesses: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ranked:
    """A case in its place.

    Args:
        case: Its name.
        priority: Higher is sooner; for plots.
        reason: Why it stands here, for people.
        numbers: The figures behind the reason, by name.
        is_audit: Whether it was drawn at random to measure the model, whatever its score.
    """

    case: str
    priority: float
    reason: str
    numbers: tuple[tuple[str, float], ...] = ()
    is_audit: bool = False


@runtime_checkable
class Strategy(Protocol):
    """Orders the waiting cases by how much a label is worth.

    Register an instance under the entry-point group "napari_medal.strategies";
    `napari_medal.testing.check_strategy` tells whether it is sound.
    """

    @property
    def name(self) -> str:
        """Identifier in settings and on the command line."""

    @property
    def title(self) -> str:
        """One line for people."""

    def rank(self, pool: Pool) -> list[Ranked]:
        """Return every candidate once, the most valuable first; the same pool gives the same order."""
