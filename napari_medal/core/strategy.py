"""The protocol of an acquisition strategy: which case to label next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from napari_medal.core.score import CaseScore


@dataclass(frozen=True)
class Candidate:
    """A case that waits for a label; its score is None before any model has seen it."""

    case: str
    score: CaseScore | None


@dataclass(frozen=True)
class Pool:
    """What a strategy chooses from.

    Args:
        candidates: The waiting cases, sorted by name.
        labelled: Cases already labelled for training.
        seed: Makes every random choice repeatable.
    """

    candidates: Sequence[Candidate]
    labelled: int
    seed: int


@dataclass(frozen=True)
class Ranked:
    """A case in its place: the reason is for people, the priority for plots (higher is sooner)."""

    case: str
    priority: float
    reason: str


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
