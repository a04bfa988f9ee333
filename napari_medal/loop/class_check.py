"""Which classes look wrong beside what a model says that has not seen them."""

from collections.abc import Mapping

import numpy as np

from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Case
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.core.prediction import Prediction
from napari_medal.core.second_look import LookKind, SecondLook
from napari_medal.loop.judging import Truth
from napari_medal.metrics.confident_learning import label_issues
from napari_medal.types import FloatArray


class ClassCheck:
    """Gathers the probabilities of each case, and says by confident learning which labels are probably wrong.

    Args:
        scheme: The labels.
    """

    def __init__(self, scheme: LabelScheme) -> None:
        self._scheme = scheme
        self._names: list[str] = []
        self._labels: list[int] = []
        self._probabilities: list[FloatArray] = []

    def add(self, case: Case, answer: Prediction, truth: Truth, grid: Grid) -> None:  # noqa: ARG002 - has no place
        """Take down a label and an answer."""
        self._names.append(case.name)
        self._labels.append(self._scheme.values.index(int(np.asarray(truth))))
        self._probabilities.append(answer.probabilities)

    def looks(self, annotations: Mapping[str, Annotation]) -> list[SecondLook]:
        """Return what is worth a second look."""
        if not self._names:
            return []
        looks = []
        names = self._scheme.names
        for issue in label_issues(self._labels, np.stack(self._probabilities)):
            case, label = self._names[issue.place], self._labels[issue.place]
            share = self._probabilities[issue.place][issue.likely]
            reason = f"labelled {names[label]}; the model says {names[issue.likely]}, {100.0 * share:.0f} %"
            suspicion = 0.5 * (1.0 + issue.margin)
            looks.append(SecondLook(case, LookKind.DISAGREEMENT, suspicion, reason, annotations[case].identifier))
        return looks
