"""What an arm labels next."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.active_learning import yardsticks
from benchmarks.active_learning.arms import OWN, Arm
from benchmarks.active_learning.sets import DataSet
from napari_medal.acquisition.slabs import Slabs
from napari_medal.core.progress import Silent
from napari_medal.errors import ModelError
from napari_medal.loop.kept_prediction import kept_prediction
from napari_medal.loop.prediction import predict
from napari_medal.loop.ranking import rank
from napari_medal.loop.session import Session
from napari_medal.loop.slabs import slabs
from napari_medal.loop.truths import Truths

_KNOWING = ("worst", "worst-a-minute")
_BLIND = ("random",)
"""Strategies that look at nothing: only what they choose need be predicted, to be corrected."""


@dataclass(frozen=True)
class Choice:
    """A case to be labelled, or a slab of it, and how good the prediction of it is."""

    case: str
    slices: tuple[int, int] | None
    figure: float
    reason: str


class Chooser:
    """Chooses for one run.

    Args:
        data: The set.
        arm: The arm.
        seed: Of the choice.
        session: The project.
        truths: What is true.
    """

    def __init__(self, data: DataSet, arm: Arm, seed: int, session: Session, truths: Truths) -> None:
        self._data = data
        self._arm = arm
        self._seed = seed + arm.draw
        self._session = session
        self._truths = truths

    def choose(self, number: int) -> list[Choice]:
        """Return what is labelled in a round; the live model has predicted all of it."""
        if self._arm.slabs:
            return self._slabs(number)
        is_blind = self._arm.strategy in _BLIND and not self._arm.audits
        if not is_blind:
            predict(self._session, self._data.task, Silent())
        if self._arm.strategy in _KNOWING:
            errors = self._figures(self._waiting())
            for oracle in (yardsticks.WORST, yardsticks.WORST_A_MINUTE):
                oracle.errors = {case: 1.0 - figure for case, figure in errors.items()}
        ranked = rank(self._session, self._data.task, self._arm.strategy, self._seed, audits_within=self._data.batch)
        chosen = [entry for entry in ranked if entry.case in self._truths.known][: self._data.batch]
        if is_blind:
            predict(self._session, self._data.task, Silent(), [entry.case for entry in chosen])
        figures = self._figures([entry.case for entry in chosen])
        return [Choice(entry.case, None, figures[entry.case], entry.reason) for entry in chosen]

    def _slabs(self, number: int) -> list[Choice]:
        """Choose slabs that have as many slices together as the cases that other arms label."""
        predict(self._session, self._data.task, Silent())
        waiting = self._waiting()
        if not waiting:
            return []
        depths = {name: self._depth(name) for name in waiting}
        thickness = self._data.thickness
        count = max(1, round(self._data.batch * float(np.median(list(depths.values()))) / thickness))
        if self._arm.measure == OWN:
            random = np.random.default_rng([self._seed, number])
            names = (waiting * count)[:count]
            firsts = [int(random.integers(0, max(1, depths[name] - thickness + 1))) for name in names]
            found = [(name, first, first + thickness - 1) for name, first in zip(names, firsts, strict=True)]
        else:
            ranked = slabs(self._session, self._data.task, Slabs(count, thickness), Silent())
            found = [(entry.case, entry.first, entry.last) for entry in ranked if entry.case in self._truths.known]
        figures = self._figures([name for name, _, _ in found])
        return [
            Choice(name, (first, min(last, depths[name] - 1)), figures[name], f"slices {first} to {last}")
            for name, first, last in found
        ]

    def _waiting(self) -> list[str]:
        ranked = rank(self._session, self._data.task, "random", self._seed, audits_within=0)
        return [entry.case for entry in ranked if entry.case in self._truths.known]

    def _depth(self, name: str) -> int:
        return self._session.files.read_case(self._session.project.cases.get(name).images)[0].grid.shape[0]

    def _figures(self, names: Sequence[str]) -> dict[str, float]:
        """Return how good the live model's predictions of cases are; of a class, whether it is right."""
        project, task = self._session.project, self._data.task
        live = project.models.live(task)
        if live is None:
            msg = f"{project.folder}: no model went live."
            raise ModelError(msg)
        behind, scheme = self._session.task(task), self._session.scheme(task)
        seen = project.predictions.by(task, live.number)
        figures: dict[str, float] = {}
        for name in names:
            answer = kept_prediction(self._session, task, seen[name])
            if answer is None or answer.mask is None:
                figures[name] = float(seen[name].class_value == self._truths.class_of(name))
                continue
            row = behind.compare(answer, self._truths.of(project.cases.get(name)), scheme)
            figures[name] = behind.summarise([row], scheme).per_case[0]
        return figures
