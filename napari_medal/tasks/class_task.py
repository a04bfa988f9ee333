"""A task that is answered by choosing a class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_medal.core.evaluation import Evaluation
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.core.measure import Measure
from napari_medal.core.prediction import Prediction
from napari_medal.core.score import CaseScore
from napari_medal.core.target import Target
from napari_medal.errors import ModelError
from napari_medal.metrics.auc import auc
from napari_medal.metrics.bootstrap import mean_interval
from napari_medal.metrics.temperature import fit_temperature, log_loss, temper
from napari_medal.types import FloatArray, LabelArray, Samples

_TORN = 0.25
"""A second class with at least this probability is a rival of the first."""


@dataclass(frozen=True)
class ClassTask:
    """One class is chosen for the case; judged by the area under the curve."""

    name: str
    title: str
    target: Target = Target.CLASS
    recipe: str = "resnet"
    strategy: str = "staged"
    measure: str = "entropy"
    panel: str = ""

    def score(
        self,
        samples: Samples,
        scheme: LabelScheme,
        grid: Grid,  # noqa: ARG002 - a class lies nowhere
        measure: Measure,
    ) -> CaseScore:
        """Say how uncertain the ensemble is: the measure's value for the case as a whole.

        Raises:
            ModelError: The samples do not have one class for each label.
        """
        if samples.shape[1:] != (len(scheme),):
            msg = f"Found probabilities of shape {samples.shape}; {len(scheme)} labels need (S, {len(scheme)})."
            raise ModelError(msg)
        per_class = tuple(float(value) for value in measure.per_class(samples))
        return CaseScore(float(measure.map(samples)), per_class, (), _doubt_in_words(samples, scheme))

    def compare(
        self, prediction: Prediction, truth: LabelArray | int | float, scheme: LabelScheme
    ) -> tuple[float, ...]:
        """Return the index of the true class, then the probability of each class in order.

        Raises:
            ModelError: The truth is a mask or a value, or the prediction does not have one probability for each label.
            SettingsError: The truth is no label of the scheme.
        """
        if not isinstance(truth, int):
            what = "a mask" if isinstance(truth, np.ndarray) else "a value"
            msg = f"Found {what} as truth; classification compares one class for the case."
            raise ModelError(msg)
        if prediction.probabilities.shape != (len(scheme),):
            msg = f"Found probabilities of shape {prediction.probabilities.shape}; wanted ({len(scheme)},)."
            raise ModelError(msg)
        index = scheme.classes.index(scheme.by_value(truth))
        return (float(index), *(float(value) for value in prediction.probabilities))

    def summarise(self, rows: Sequence[tuple[float, ...]], scheme: LabelScheme) -> Evaluation:
        """Return "auc_mean", "auc_<label>" and "accuracy"; a case counts with its class's log-probability.

        Probabilities are tempered first with what suits these cases best, so that a version is not called worse for
        being too sure: a version that serves is tempered too.
        """
        table = np.array(rows, dtype=np.float64).reshape(len(rows), 1 + len(scheme))
        truth, probabilities = table[:, 0].astype(np.intp), table[:, 1:]
        areas = auc(truth, probabilities)
        metrics = {"auc_mean": areas.macro}
        metrics.update((f"auc_{name}", area) for name, area in zip(scheme.names, areas.per_class, strict=True))
        metrics["accuracy"] = mean_interval((probabilities.argmax(axis=1) == truth).astype(np.float64))
        logs = _tempered_logs(probabilities, truth)
        columns = {
            name: tuple(np.where(truth == index, logs, np.nan).tolist()) for index, name in enumerate(scheme.names)
        }
        return Evaluation("auc_mean", metrics, tuple(logs.tolist()), columns, "log-probability of the true class")

    def overview(self, probabilities: FloatArray, scheme: LabelScheme) -> str:
        """Say the likeliest class and its probability: "malignant, 81 %"."""
        likeliest = int(np.argmax(probabilities))
        return f"{scheme.names[likeliest]}, {_percent(probabilities[likeliest])}"


def _tempered_logs(probabilities: npt.NDArray[np.float64], truth: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    """Return log p of each true class, at the temperature at which their mean is highest."""
    if not len(truth):
        return np.zeros(0)
    return -log_loss(temper(probabilities, fit_temperature(probabilities, truth)), truth)


def _doubt_in_words(samples: Samples, scheme: LabelScheme) -> str:
    mean = samples.mean(axis=0)
    order = np.argsort(-mean, kind="stable")
    said = [f"{scheme.names[label]} ({_percent(mean[label])})" for label in order[:2]]
    winners = {int(member.argmax()) for member in samples}
    if len(said) > 1 and (mean[order[1]] >= _TORN or len(winners) > 1):
        return f"torn between {said[0]} and {said[1]}"
    return f"likely {said[0]}"


def _percent(probability: float) -> str:
    return f"{100 * probability:.0f} %"
