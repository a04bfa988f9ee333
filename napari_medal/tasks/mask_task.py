"""A task that is answered by drawing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from napari_medal.core.evaluation import Evaluation
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.core.measure import Measure
from napari_medal.core.prediction import Prediction
from napari_medal.core.score import CaseScore
from napari_medal.core.target import Target
from napari_medal.errors import GeometryError, ModelError
from napari_medal.metrics.bootstrap import mean_interval
from napari_medal.metrics.overlap import dice_per_label
from napari_medal.tasks.doubt import doubt_in_words, slice_doubts
from napari_medal.types import FloatArray, LabelArray, Samples


@dataclass(frozen=True)
class MaskTask:
    """Structures are drawn as a mask over the volume; judged by Dice.

    A task of its own is an instance with another name, or a frozen dataclass that inherits this one and adds what it
    measures (`core.measuring_task`).
    """

    name: str
    title: str
    target: Target = Target.MASK
    recipe: str = "unet"
    strategy: str = "staged"
    measure: str = "pairwise-dice"
    panel: str = ""

    def score(self, samples: Samples, scheme: LabelScheme, grid: Grid, measure: Measure) -> CaseScore:
        """Say how uncertain the ensemble is: the mean over the structures of the measure's class values.

        Raises:
            ModelError: The samples do not have one class for each label and one for the background.
            GeometryError: They do not lie on the grid.
        """
        if samples.shape[1] != len(scheme) + 1:
            msg = f"Found {samples.shape[1]} classes; wanted {len(scheme)} labels and the background."
            raise ModelError(msg)
        if samples.shape[2:] != grid.shape:
            msg = f"Found samples of shape {samples.shape[2:]}; the case's grid has shape {grid.shape}."
            raise GeometryError(msg)
        per_class = tuple(float(value) for value in measure.per_class(samples)[1:])
        uncertainty_map = measure.map(samples)
        members = np.stack([member.argmax(axis=0).astype(np.uint8) for member in samples])
        mean = samples.mean(axis=0).argmax(axis=0).astype(np.uint8)
        found = (members != 0).any(axis=0) | (mean != 0)
        per_slice = tuple(float(value) for value in slice_doubts(uncertainty_map, found))
        reason = doubt_in_words(uncertainty_map, members, mean, per_class, scheme.names)
        return CaseScore(float(np.mean(per_class)), per_class, per_slice, reason)

    def compare(
        self, prediction: Prediction, truth: LabelArray | int | float, scheme: LabelScheme
    ) -> tuple[float, ...]:
        """Return the Dice of each label, in order; nan for one that neither mask holds.

        Raises:
            ModelError: The prediction has no mask, or the truth is none.
            GeometryError: The masks differ in shape.
        """
        if prediction.mask is None or not isinstance(truth, np.ndarray):
            found = "prediction" if prediction.mask is None else "truth"
            msg = f"Found a {found} without a mask; segmentation compares masks."
            raise ModelError(msg)
        if prediction.mask.shape != truth.shape:
            msg = f"Found a prediction of shape {prediction.mask.shape}; the truth has shape {truth.shape}."
            raise GeometryError(msg)
        return dice_per_label(prediction.mask, truth, scheme.values)

    def summarise(self, rows: Sequence[tuple[float, ...]], scheme: LabelScheme) -> Evaluation:
        """Return "dice_mean" and "dice_<label>"; each case counts with the mean Dice of the labels it has.

        A case that has no label in prediction nor truth counts 1: a false structure in it is then a loss.
        """
        table = np.array(rows, dtype=np.float64).reshape(len(rows), len(scheme))
        judged = ~np.isnan(table)
        sums = np.where(judged, table, 0.0).sum(axis=1)
        counts = judged.sum(axis=1)
        per_case = np.where(counts > 0, sums / np.maximum(counts, 1), 1.0)
        metrics = {"dice_mean": mean_interval(per_case)}
        metrics.update((f"dice_{name}", mean_interval(table[:, label])) for label, name in enumerate(scheme.names))
        columns = {name: tuple(table[:, label].tolist()) for label, name in enumerate(scheme.names)}
        return Evaluation("dice_mean", metrics, tuple(per_case.tolist()), columns, "Dice")

    def overview(self, probabilities: FloatArray, scheme: LabelScheme) -> str:
        """Say how many structures the prediction shows, and which if it is but one."""
        found = [label for label in np.unique(probabilities.argmax(axis=0)) if label > 0]
        if not found:
            return "no structure"
        return f"{len(found)} structures" if len(found) > 1 else f"only {scheme.names[found[0] - 1]}"
