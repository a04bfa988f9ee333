"""The protocol of a task: what is asked of readers and models, and how answers are judged."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from napari_medal.core.evaluation import Evaluation
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.core.measure import Measure
from napari_medal.core.prediction import Prediction
from napari_medal.core.score import CaseScore
from napari_medal.core.target import Target
from napari_medal.types import FloatArray, LabelArray, Samples


@runtime_checkable
class Task(Protocol):
    """One kind of question, such as segmentation.

    Register an instance under the entry-point group "napari_medal.tasks"; `napari_medal.testing.check_task`
    tells whether it is sound.
    """

    @property
    def name(self) -> str:
        """Identifier in settings and on the command line."""

    @property
    def title(self) -> str:
        """One line for people."""

    @property
    def target(self) -> Target:
        """The form of an answer."""

    @property
    def recipe(self) -> str:
        """Default recipe, by name."""

    @property
    def strategy(self) -> str:
        """Default acquisition strategy, by name."""

    @property
    def measure(self) -> str:
        """Default uncertainty measure, by name."""

    @property
    def panel(self) -> str:
        """Dotted name "package.module:Panel" of its Qt panel, or "" for none; imported when shown."""

    def score(self, samples: Samples, scheme: LabelScheme, grid: Grid, measure: Measure) -> CaseScore:
        """Say how uncertain the ensemble is about a case, and where, in words."""

    def compare(
        self, prediction: Prediction, truth: LabelArray | int | float, scheme: LabelScheme
    ) -> tuple[float, ...]:
        """Reduce one case to the numbers that `summarise` needs; the truth is a mask, a class, or a value.

        A predicted mask may come with no probabilities: they are large, and not kept for long.
        """

    def summarise(self, rows: Sequence[tuple[float, ...]], scheme: LabelScheme) -> Evaluation:
        """Turn the rows of `compare`, one for each case, into metrics with intervals; of no case, all are nan."""

    def overview(self, probabilities: FloatArray, scheme: LabelScheme) -> str:
        """Say in a few words what the prediction is: "2 structures", "malignant, 81 %" or "63.5 years"."""
