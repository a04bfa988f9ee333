"""What an uncertainty says of a prediction's quality, learnt from audits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_medal.core.audit import Audit
from napari_medal.core.evaluation import Evaluation, Interval
from napari_medal.core.target import Target
from napari_medal.loop.comparable import is_in_force
from napari_medal.loop.session import Session
from napari_medal.metrics.conformal import Ranges, jackknife_plus, left_out
from napari_medal.metrics.monotone_map import MonotoneMap, fit_map
from napari_medal.metrics.spearman import spearman

Values = npt.NDArray[np.float64]

_LAST = 40
"""Audits that are learnt from: what earlier versions were unsure of says little of the live one."""
_FEWEST = 3


@dataclass(frozen=True)
class AuditPoint:
    """One audit.

    Args:
        case: The case.
        model: The version that was measured.
        said: 1 less the uncertainty that it was predicted with.
        figure: How good the prediction was; higher is better, so an error is negative.
    """

    case: str
    model: int
    said: float
    figure: float


@dataclass(frozen=True)
class QualityModel:
    """A monotone map from what the model says of itself to how good it is.

    Args:
        points: The audits, oldest first.
        is_mask: Whether what is said is a Dice itself: the mean Dice of pairs of members.
        is_error: Whether figures are errors, negative.
    """

    points: tuple[AuditPoint, ...]
    is_mask: bool
    is_error: bool

    @property
    def is_known(self) -> bool:
        """Whether anything can be said of other cases."""
        return self.is_mask or len(self.points) >= _FEWEST

    @property
    def said(self) -> Values:
        """What was said (N,)."""
        return np.array([point.said for point in self.points], dtype=np.float64)

    @property
    def figures(self) -> Values:
        """How it was (N,)."""
        return np.array([point.figure for point in self.points], dtype=np.float64)

    def expect(self, said: Sequence[float]) -> Ranges:
        """Return what is to be expected of cases, in 90 % ranges within what is possible."""
        found = jackknife_plus(self._fit, self.said, self.figures, np.asarray(said, dtype=np.float64))
        low, high = (0.0 if self.is_mask else -np.inf), (1.0 if self.is_mask else 0.0 if self.is_error else np.inf)
        return Ranges(np.clip(found.values, low, high), np.clip(found.low, low, high), np.clip(found.high, low, high))

    def error_as_said(self) -> float | None:
        """Return by how much what is said misses, on average, as it stands; None where it is in another unit."""
        return float(np.abs(self.said - self.figures).mean()) if self.is_mask and self.points else None

    def error_as_mapped(self) -> float | None:
        """Return the same of what is to be expected, each audit left out of the fit; None with fewer than three."""
        if len(self.points) < _FEWEST:
            return None
        return float(np.abs(left_out(self._fit, self.said, self.figures) - self.figures).mean())

    def order(self) -> Interval | None:
        """Return Spearman's rank correlation of what was said and how it was; None with fewer than three audits."""
        return spearman(self.said.tolist(), self.figures.tolist()) if len(self.points) >= _FEWEST else None

    def _fit(self, said: Values, figures: Values) -> MonotoneMap:
        return fit_map(said, figures, slope=1.0 if self.is_mask else 0.0)


def quality_model(session: Session, task: str, audits: Sequence[Audit]) -> QualityModel:
    """Bring the last 40 audits that were measured together with what the measured version had said.

    What it said by another measure than the task asks for by now tells nothing of what is said by this one.
    """
    measured = [audit for audit in audits if audit.figures is not None][-_LAST:]
    evaluation = summary(session, task, measured)
    seen = {model: session.project.predictions.by(task, model) for model in {audit.model or 0 for audit in measured}}
    points = []
    for audit, figure in zip(measured, evaluation.per_case, strict=True):
        stored = seen[audit.model or 0].get(audit.case)
        if stored is not None and is_in_force(session, task, stored):
            points.append(AuditPoint(audit.case, stored.model, 1.0 - stored.score.uncertainty, figure))
    return QualityModel(tuple(points), session.task(task).target is Target.MASK, evaluation.is_error)


def summary(session: Session, task: str, audits: Sequence[Audit]) -> Evaluation:
    """Sum up audits as the task sums up cases; of none, the names of the metrics with nan."""
    rows = [audit.figures for audit in audits if audit.figures is not None]
    return session.task(task).summarise(rows, session.scheme(task))
