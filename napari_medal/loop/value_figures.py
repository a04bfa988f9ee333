"""How good a model's numbers are, over all cases."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from napari_medal.core.evaluation import Interval
from napari_medal.core.quantity import Quantity
from napari_medal.loop.evaluation_table import Figure
from napari_medal.metrics.bland_altman import bland_altman
from napari_medal.metrics.icc import intraclass_correlation
from napari_medal.metrics.pearson import pearson
from napari_medal.metrics.r_squared import r_squared
from napari_medal.metrics.rmse import rmse
from napari_medal.metrics.spearman import spearman


@dataclass(frozen=True)
class ValueAnswer:
    """What was true of a case, what the model said, and how far its members lay apart; the subject by number."""

    subject: int
    predicted: float
    truth: float
    spread: float


def value_figures(answers: Sequence[ValueAnswer], quantity: Quantity) -> list[Figure]:
    """Return RMSE, R^2, correlations, limits of agreement, ICC, and how far the spread tells the error.

    Intervals of the first four, and of the last, are over subjects; limits of agreement and ICC count cases one by one.
    """
    predicted = [answer.predicted for answer in answers]
    truth = [answer.truth for answer in answers]
    subjects = [answer.subject for answer in answers]
    spreads = [answer.spread for answer in answers]
    errors = [abs(answer.predicted - answer.truth) for answer in answers]
    over_subjects = {
        "rmse": rmse(predicted, truth, subjects),
        "r2": r_squared(predicted, truth, subjects),
        "pearson": pearson(predicted, truth, subjects),
        "spearman": spearman(predicted, truth, subjects),
        "spread_tells_error": spearman(spreads, errors, subjects),
    }
    if len(set(subjects)) < 2:
        over_subjects = {name: Interval(found.value, math.nan, math.nan) for name, found in over_subjects.items()}
    agreement = bland_altman(predicted, truth)
    icc = intraclass_correlation(np.array([predicted, truth]).T)
    named = over_subjects | {
        "bias": agreement.bias,
        "lower_limit": agreement.lower,
        "upper_limit": agreement.upper,
        "icc_2_1": icc.agreement,
        "icc_3_1": icc.consistency,
    }
    return [Figure(quantity.title, metric, interval, len(answers)) for metric, interval in named.items()]
