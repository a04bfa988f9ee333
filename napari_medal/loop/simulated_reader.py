"""A simulated reader, who answers from the truth through the same calls as a person's clicks."""

from dataclasses import replace
from enum import StrEnum

import numpy as np

from napari_medal.acquisition.draw import draw
from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Case
from napari_medal.core.grid import Grid
from napari_medal.core.slice_ranges import as_flags
from napari_medal.core.target import Target
from napari_medal.loop.answers import Reading, accept_class, accept_mask, accept_value
from napari_medal.loop.opening import OpenedCase, open_case
from napari_medal.loop.reading_time import USUAL, ReadingTime
from napari_medal.loop.session import Session
from napari_medal.loop.truths import Truths
from napari_medal.loop.unsteady_hand import unsteady
from napari_medal.metrics.edit_size import edit_size
from napari_medal.metrics.surface_layer import surface_layer
from napari_medal.types import LabelArray

READER = "simulated"
_SLIP_VOXELS = 0.5
_MISTAKES = 0.02
_HAND, _MISTAKE, _WHICH = 1, 2, 3
"""Streams of random numbers."""


class ReaderKind(StrEnum):
    """How exact a simulated reader is.

    PERFECT answers with the truth. TOLERANT leaves what the model drew wherever it is wrong by less than a voxel from
    the true surface, as people do. NOISY is tolerant, has a hand that errs smoothly by half a voxel, and in 2 % of the
    cases makes a mistake: the outermost slice stays as it was shown, the class is another one, the value is off by 5 %
    of the range.
    """

    PERFECT = "perfect"
    TOLERANT = "tolerant"
    NOISY = "noisy"


class SimulatedReader:
    """Answers cases.

    Args:
        session: The session.
        task: The task.
        truths: What the answers are taken from.
        kind: How exact the reader is.
        seed: Of hand and mistakes; each case has its own, whatever came before.
        time: How long it takes.
    """

    def __init__(
        self,
        session: Session,
        task: str,
        truths: Truths,
        kind: ReaderKind = ReaderKind.PERFECT,
        seed: int = 0,
        time: ReadingTime = USUAL,
    ) -> None:
        self._session = session
        self._task = task
        self._truths = truths
        self._kind = kind
        self._seed = seed
        self._time = time

    def answer(self, case: Case, slices: tuple[int, int] | None = None) -> list[Annotation]:
        """Open a case, turn what is shown into the answer, and accept; in a second read, twice.

        Args:
            case: The case.
            slices: Answer for the axial slices from the first to the last of these alone, counted from 0, in addition
                to those that were confirmed before.

        Returns:
            What was kept; each with its reading time.
        """
        opened = open_case(self._session, self._task, case.name, READER)
        reading = Reading(READER, started_from=opened.started_from, mode=opened.mode)
        target = self._session.task(self._task).target
        if target is Target.CLASS:
            reading = replace(reading, seconds_spent=self._time.a_class)
            kept = accept_class(self._session, self._task, case.name, self._class_of(case.name), reading)
        elif target is Target.VALUE:
            reading = replace(reading, seconds_spent=self._time.a_value)
            kept = accept_value(self._session, self._task, case.name, self._value_of(case.name), reading)
        else:
            kept = self._draw_mask(opened, reading, slices)
        return [kept] if kept.accepted else [kept, *self.answer(case, slices)]

    def _draw_mask(self, opened: OpenedCase, reading: Reading, slices: tuple[int, int] | None) -> Annotation:
        """Correct the mask that is shown."""
        grid = opened.volumes[0].grid
        shown = np.zeros(grid.shape, dtype=np.uint8) if opened.mask is None else opened.mask
        drawn = self._drawn(opened, shown, grid)
        confirmed = None
        if slices is not None:
            outside = ~as_flags((slices,), len(drawn))
            drawn[outside] = shown[outside]
            confirmed = (*opened.confirmed, slices)
        seconds = self._time.seconds(edit_size(shown, drawn, grid.spacing_mm))
        done = replace(reading, seconds_spent=seconds, confirmed=confirmed)
        return accept_mask(self._session, self._task, opened.case.name, drawn, done)

    def _drawn(self, opened: OpenedCase, shown: LabelArray, grid: Grid) -> LabelArray:
        """Return the mask as this reader leaves it."""
        name = opened.case.name
        truth = self._truths.mask_of(name, grid)
        wanted = truth
        if self._kind is ReaderKind.NOISY:
            hand = np.random.default_rng(int(draw(name, self._seed, _HAND) * 2**32))
            wanted = unsteady(truth, hand, _SLIP_VOXELS)
        if self._kind is ReaderKind.PERFECT or opened.prediction is None:
            drawn = wanted.copy()
        else:
            drawn = np.where(surface_layer(wanted), shown, wanted)
        if self._kind is ReaderKind.NOISY and self._errs(name):
            found = np.flatnonzero((truth != 0).any(axis=(1, 2)))
            if found.size:
                missed = found[0] if draw(name, self._seed, _WHICH) < 0.5 else found[-1]
                drawn[missed] = shown[missed]
        return drawn

    def _class_of(self, case: str) -> int:
        truth = self._truths.class_of(case)
        if self._kind is not ReaderKind.NOISY or not self._errs(case):
            return truth
        others = [value for value in self._session.scheme(self._task).values if value != truth]
        return others[int(draw(case, self._seed, _WHICH) * len(others))]

    def _value_of(self, case: str) -> float:
        truth = self._truths.value_of(case)
        if self._kind is not ReaderKind.NOISY or not self._errs(case):
            return truth
        quantity = self._session.scheme(self._task).measured
        off = 0.05 * (quantity.high - quantity.low)
        return truth - off if truth + off > quantity.high else truth + off

    def _errs(self, case: str) -> bool:
        return draw(case, self._seed, _MISTAKE) < _MISTAKES
