"""How long-running work talks to whoever started it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class CurvePoint:
    """One point of a live training curve: "loss" or "validation" at an optimiser step."""

    curve: str
    step: int
    value: float


class Progress(Protocol):
    """What a job calls while it works.

    Every method may raise `JobCancelled`, and blocks while the job is paused; call one at least every few
    hundred milliseconds so that cancel is answered within a second.
    """

    def step(self, done: int, total: int, text: str) -> None:
        """Say how far the work is: `done` of `total` units, and what is being done."""

    def point(self, point: CurvePoint) -> None:
        """Add a point to a live curve."""

    def check(self) -> None:
        """Answer a pause or a cancel; nothing to report."""


class Silent:
    """Progress that nobody watches."""

    def step(self, done: int, total: int, text: str) -> None:
        """Say nothing."""

    def point(self, point: CurvePoint) -> None:
        """Say nothing."""

    def check(self) -> None:
        """Never cancel."""
