"""Which values look wrong beside what a model says that has not seen them."""

from collections.abc import Mapping

import numpy as np

from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Case
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.core.prediction import Prediction
from napari_medal.core.second_look import LookKind, SecondLook
from napari_medal.loop.judging import Truth
from napari_medal.loop.standing_out import WORTH_A_LOOK, standing_out
from napari_medal.metrics.robust_z import robust_z

_LEAST = 1e-3
"""Of the range: a difference that is nothing yet."""


class ValueCheck:
    """Gathers how far each value lies from an answer, and says which of them stand out.

    Args:
        scheme: What is measured.
    """

    def __init__(self, scheme: LabelScheme) -> None:
        self._quantity = scheme.measured
        self._found: dict[str, tuple[float, float]] = {}

    def add(self, case: Case, answer: Prediction, truth: Truth, grid: Grid) -> None:  # noqa: ARG002 - has no place
        """Take down a label and an answer."""
        if answer.value is not None:
            self._found[case.name] = (float(np.asarray(truth)), answer.value)

    def looks(self, annotations: Mapping[str, Annotation]) -> list[SecondLook]:
        """Return what is worth a second look."""
        quantity = self._quantity
        off = np.array([label - said for label, said in self._found.values()])
        deviations = np.abs(robust_z(off, _LEAST * (quantity.high - quantity.low)))
        looks = []
        for (name, (label, said)), deviation in zip(self._found.items(), deviations, strict=True):
            if deviation >= WORTH_A_LOOK:
                reason = (
                    f"labelled {quantity.in_words(label)}; the model says {quantity.in_words(said)}, "
                    f"off by {deviation:.1f} times the usual deviation"
                )
                kind, suspicion = LookKind.DISAGREEMENT, standing_out(float(deviation))
                looks.append(SecondLook(name, kind, suspicion, reason, annotations[name].identifier))
        return looks
