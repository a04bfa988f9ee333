"""The live model's answers for cases whose truth is known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from napari_medal.core.case import Case
from napari_medal.core.prediction import Prediction
from napari_medal.core.progress import Silent
from napari_medal.core.score import CaseScore
from napari_medal.core.target import Target
from napari_medal.engine.ensemble import Ensemble
from napari_medal.loop.judging import prepared_case
from napari_medal.loop.session import Session
from napari_medal.loop.truths import Truths
from napari_medal.metrics.aurc import aurc
from napari_medal.metrics.spearman import spearman
from napari_medal.uncertainty.places import worth_looking

_POINTED_AT = 3


@dataclass(frozen=True)
class Examined:
    """Test cases under one model.

    Args:
        figure: The task's figure over all of them.
        per_case: Of each case.
        doubts: By measure, of each case.
        slices: By measure, the share of the errors found for each case that has any.
    """

    figure: float
    per_case: tuple[float, ...]
    doubts: dict[str, list[float]]
    slices: dict[str, list[float]]

    def telling(self, measure: str) -> tuple[float, float, float]:
        """Return rank correlation, area under the risk-coverage curve, and the share of errors found in slices."""
        certainty = [-doubt for doubt in self.doubts[measure]]
        risks = [1.0 - figure for figure in self.per_case]
        found = self.slices[measure]
        share = float(np.mean(found)) if found else float("nan")
        return spearman(certainty, self.per_case).value, aurc(self.doubts[measure], risks), share


def examine(
    session: Session, task: str, ensemble: Ensemble, cases: Sequence[Case], truths: Truths, measures: Sequence[str]
) -> Examined:
    """Ask the model about each case, compare, and doubt it in several ways."""
    behind, scheme = session.task(task), session.scheme(task)
    asked = {name: session.extensions.measures.get(name) for name in measures}
    rows = []
    doubts: dict[str, list[float]] = {name: [] for name in measures}
    slices: dict[str, list[float]] = {name: [] for name in measures}
    for case in cases:
        prepared = prepared_case(session, case, ensemble.plan, ensemble.target)
        samples = ensemble.samples(prepared, Silent())
        mean = ensemble.answering(samples).mean(axis=0)
        best = mean.argmax(axis=0).astype(np.uint8)
        truth = truths.of(case)
        unscored = CaseScore(0.0, (), (), "")
        if ensemble.target is Target.CLASS:
            answer = Prediction(unscored, mean, class_value=scheme.values[int(best)])
        else:
            answer = Prediction(unscored, mean, mask=scheme.to_values(best))
        rows.append(behind.compare(answer, truth, scheme))
        for name, measure in asked.items():
            score = behind.score(samples, scheme, prepared.grid, measure)
            doubts[name].append(score.uncertainty)
            if answer.mask is not None and isinstance(truth, np.ndarray) and len(truth) > _POINTED_AT:
                wrong = np.count_nonzero(answer.mask != truth, axis=(1, 2))
                if wrong.any():
                    slices[name].append(_found(score.per_slice, wrong))
    evaluation = behind.summarise(rows, scheme)
    return Examined(evaluation.metrics[evaluation.primary].value, evaluation.per_case, doubts, slices)


def _found(per_slice: Sequence[float], wrong: np.ndarray) -> float:
    """Return the wrong voxels of the slices pointed at first, as a share of those of the worst slices."""
    pointed = [place.slice_index for place in worth_looking(per_slice)[:_POINTED_AT]]
    return float(wrong[pointed].sum() / np.sort(wrong)[-_POINTED_AT:].sum())
