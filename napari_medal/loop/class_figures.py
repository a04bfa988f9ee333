"""How good the answers of a classifier are, over all cases."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_medal.core.evaluation import Interval
from napari_medal.loop.evaluation_table import Figure
from napari_medal.metrics.auc import auc
from napari_medal.metrics.bootstrap import mean_interval
from napari_medal.metrics.brier import brier
from napari_medal.metrics.calibration_error import calibration_error
from napari_medal.metrics.delong import delong_interval
from napari_medal.metrics.kappa import kappa
from napari_medal.metrics.sensitivity import sensitivity_at

_SPECIFICITY = 0.9


@dataclass(frozen=True, eq=False)
class ClassAnswers:
    """What was true and what the model said.

    Args:
        truth: (N,) class indices.
        probabilities: (N, C).
    """

    truth: npt.NDArray[np.intp]
    probabilities: npt.NDArray[np.floating]

    @property
    def said(self) -> npt.NDArray[np.intp]:
        """(N,) index of the likeliest class."""
        return np.asarray(self.probabilities.argmax(axis=1), dtype=np.intp)


def class_figures(answers: ClassAnswers, names: Sequence[str]) -> list[Figure]:
    """Return areas under the curve (bootstrap and DeLong), sensitivities, accuracy, Brier score, kappa and ECE.

    Cases count one by one here, also those of one subject.
    """
    truth, probabilities, said = answers.truth, answers.probabilities, answers.said
    cases, classes = probabilities.shape
    error = calibration_error(probabilities, truth)
    areas = auc(truth, probabilities)
    figures = [
        Figure("", "auc", areas.macro, cases),
        Figure("", "accuracy", mean_interval((said == truth).astype(np.float64)), cases),
        Figure("", "brier", mean_interval(brier(probabilities, truth)), cases),
        Figure("", "kappa", kappa(truth, said, classes), cases),
        Figure("", "ece", Interval(error, float("nan"), float("nan")), cases),
    ]
    for index, name in enumerate(names):
        positive, score = truth == index, probabilities[:, index]
        members = int(np.count_nonzero(positive))
        figures += [
            Figure(name, "auc", areas.per_class[index], members),
            Figure(name, "auc_delong", delong_interval(positive, score), members),
            Figure(name, "sensitivity_at_90", sensitivity_at(positive, score, _SPECIFICITY), members),
        ]
    return figures
