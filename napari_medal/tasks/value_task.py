"""A task that is answered by a number."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from napari_medal.core.evaluation import Evaluation
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.core.measure import Measure
from napari_medal.core.prediction import Prediction
from napari_medal.core.quantity import Quantity
from napari_medal.core.score import CaseScore
from napari_medal.core.target import Target
from napari_medal.errors import ModelError
from napari_medal.metrics.bootstrap import mean_interval
from napari_medal.metrics.pearson import pearson
from napari_medal.metrics.r_squared import r_squared
from napari_medal.metrics.rmse import rmse
from napari_medal.metrics.spearman import spearman
from napari_medal.types import FloatArray, LabelArray, Samples

_TOLERATED = 0.01
"""Share of the range by which models may differ where there are too few cases for a test."""


@dataclass(frozen=True)
class ValueTask:
    """One number is said of the case, such as an age; judged by the mean absolute error."""

    name: str
    title: str
    target: Target = Target.VALUE
    recipe: str = "resnet-value"
    strategy: str = "staged"
    measure: str = "variance"
    panel: str = ""

    def score(
        self,
        samples: Samples,
        scheme: LabelScheme,
        grid: Grid,  # noqa: ARG002 - a number lies nowhere
        measure: Measure,
    ) -> CaseScore:
        """Say how uncertain the ensemble is: the measure's value for what the members say, as shares of the range.

        Raises:
            ModelError: The samples are no single number for each member.
            SettingsError: The scheme has labels in place of a quantity.
        """
        if samples.shape[1:] != (1,):
            msg = f"Found samples of shape {samples.shape}; one number for each member is (S, 1)."
            raise ModelError(msg)
        quantity = scheme.measured
        uncertainty = float(measure.map(quantity.to_shares(samples)))
        return CaseScore(uncertainty, (), (), _doubt_in_words(samples[:, 0], quantity))

    def compare(
        self, prediction: Prediction, truth: LabelArray | int | float, scheme: LabelScheme
    ) -> tuple[float, ...]:
        """Return the predicted and the true value.

        Raises:
            ModelError: One of them is no number.
        """
        if isinstance(truth, np.ndarray) or prediction.value is None:
            what = "a prediction without a value" if prediction.value is None else "a mask as truth"
            msg = f"Found {what}; regression compares one number for the case, {scheme.measured.name}."
            raise ModelError(msg)
        return prediction.value, float(truth)

    def summarise(self, rows: Sequence[tuple[float, ...]], scheme: LabelScheme) -> Evaluation:
        """Return "mae", "rmse", "r2", "pearson" and "spearman"; a case counts with its absolute error, negative."""
        table = np.array(rows, dtype=np.float64).reshape(len(rows), 2)
        predicted, truth = table.T.tolist()
        errors = np.abs(table[:, 0] - table[:, 1])
        quantity = scheme.measured
        metrics = {
            "mae": mean_interval(errors),
            "rmse": rmse(predicted, truth),
            "r2": r_squared(predicted, truth),
            "pearson": pearson(predicted, truth),
            "spearman": spearman(predicted, truth),
        }
        return Evaluation(
            "mae",
            metrics,
            tuple((-errors).tolist()),
            compared=f"absolute error in {quantity.unit}" if quantity.unit else "absolute error",
            is_error=True,
            tolerance=_TOLERATED * (quantity.high - quantity.low),
        )

    def overview(self, probabilities: FloatArray, scheme: LabelScheme) -> str:
        """Say the value with its unit: "63.5 years"."""
        return scheme.measured.in_words(float(probabilities[0]))


def _doubt_in_words(values: FloatArray, quantity: Quantity) -> str:
    """Say how far the members lie apart, and not what they say, which not every reader may see."""
    if len(values) < 2:
        return "a single member, whose doubt is not known"
    return f"the members differ by {quantity.in_words(float(np.ptp(values)))}"
