"""A closer look at a model version than the gate needs: every case and label, in mm, by size."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Case
from napari_medal.core.evaluation import Interval
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.core.prediction import Prediction
from napari_medal.core.progress import Progress
from napari_medal.loop.class_figures import ClassAnswers, class_figures
from napari_medal.loop.evaluation_table import CaseRow, EvaluationTable, Figure, LabelLesions
from napari_medal.loop.figure_names import SURFACE_DICE
from napari_medal.loop.value_figures import ValueAnswer, value_figures
from napari_medal.metrics.bland_altman import bland_altman
from napari_medal.metrics.bootstrap import mean_interval
from napari_medal.metrics.confusion import confusion
from napari_medal.metrics.icc import intraclass_correlation
from napari_medal.metrics.lesions import LesionCount, lesion_detection
from napari_medal.metrics.overlap import dice, jaccard
from napari_medal.metrics.surface_distances import surface_distances
from napari_medal.metrics.temperature import log_loss
from napari_medal.metrics.volume_error import volume_error
from napari_medal.types import LabelArray

_WITHOUT_MEAN = ("predicted_ml", "truth_ml", "right", "probability", "predicted", "truth", "error")


class Examination:
    """Collects figures while a model version is judged.

    Args:
        scheme: The labels, or what is measured.
        annotations: The label revision of each case, by name.
        progress: Asked between structures whether to go on.
        tolerance_mm: Surfaces that lie closer than this are the same to the normalised surface Dice.
    """

    def __init__(
        self, scheme: LabelScheme, annotations: Mapping[str, Annotation], progress: Progress, tolerance_mm: float = 2.0
    ) -> None:
        self._scheme = scheme
        self._annotations = annotations
        self._progress = progress
        self._tolerance_mm = tolerance_mm
        self._subjects: dict[str, int] = {}
        self._cases = 0
        self._rows: list[CaseRow] = []
        self._lesions: dict[str, list[tuple[LesionCount, ...]]] = {name: [] for name in scheme.names}
        self._answers: list[tuple[int, npt.NDArray[np.floating]]] = []
        self._values: list[ValueAnswer] = []

    def add(self, case: Case, answer: Prediction, truth: LabelArray | int | float, grid: Grid) -> None:
        """Look at one answer."""
        self._cases += 1
        subject = self._subjects.setdefault(case.subject, len(self._subjects) + 1)
        annotation = self._annotations[case.name].identifier
        if isinstance(truth, float):
            self._add_value(annotation, subject, answer, truth)
        elif isinstance(truth, int):
            self._add_class(annotation, subject, answer, truth)
        elif answer.mask is not None:
            self._add_mask(annotation, subject, answer.mask, truth, grid)

    def table(self) -> EvaluationTable:
        """Return everything seen so far."""
        names = self._scheme.names
        figures = [*self._means(), *(figure for name in names for figure in self._volumes(name))]
        if self._values:
            figures += value_figures(self._values, self._scheme.measured)
        matrix: npt.NDArray[np.intp] = np.zeros((0, 0), dtype=np.intp)
        if self._answers:
            truth = np.array([index for index, _ in self._answers], dtype=np.intp)
            answers = ClassAnswers(truth, np.stack([probabilities for _, probabilities in self._answers]))
            figures += class_figures(answers, names)
            matrix = confusion(truth, answers.said, len(names))
        lesions = () if self._answers else tuple(LabelLesions(name, _summed(self._lesions[name])) for name in names)
        rows = tuple(tuple(int(count) for count in row) for row in matrix)
        titles = names or (self._scheme.measured.title,)
        return EvaluationTable(
            self._cases, len(self._subjects), tuple(figures), tuple(self._rows), titles, lesions, rows
        )

    def _add_class(self, annotation: int, subject: int, answer: Prediction, truth: int) -> None:
        index = self._scheme.values.index(truth)
        probabilities = answer.probabilities.astype(np.float64)
        self._answers.append((index, probabilities))
        said = int(probabilities.argmax())
        values = {
            "probability": float(probabilities[index]),
            "log_loss": float(log_loss(probabilities[None], np.array([index]))[0]),
            "right": float(said == index),
        }
        self._rows.append(CaseRow(annotation, subject, self._scheme.names[index], values))

    def _add_value(self, annotation: int, subject: int, answer: Prediction, truth: float) -> None:
        found = ValueAnswer(subject, math.nan if answer.value is None else answer.value, truth, answer.spread or 0.0)
        self._values.append(found)
        values = {
            "predicted": found.predicted,
            "truth": truth,
            "error": found.predicted - truth,
            "absolute_error": abs(found.predicted - truth),
            "spread": found.spread,
        }
        self._rows.append(CaseRow(annotation, subject, self._scheme.measured.title, values))

    def _add_mask(self, annotation: int, subject: int, mask: LabelArray, truth: LabelArray, grid: Grid) -> None:
        whole = mask.shape == grid.shape
        for value, name in zip(self._scheme.values, self._scheme.names, strict=True):
            self._progress.check()
            ours, theirs = mask == value, truth == value
            self._rows.append(
                CaseRow(annotation, subject, name, _mask_values(ours, theirs, grid, whole, self._tolerance_mm))
            )
            if whole:
                self._lesions[name].append(lesion_detection(ours, theirs, grid.voxel_volume_mm3))

    def _means(self) -> list[Figure]:
        """Return the mean of every metric for every label; over all classes where a case has one class only."""
        found = []
        labels = self._scheme.names or (self._scheme.measured.title,)
        for label in ("",) if self._answers else labels:
            rows = [row for row in self._rows if label in ("", row.label)]
            metrics = dict.fromkeys(metric for row in rows for metric in row.values if metric not in _WITHOUT_MEAN)
            found += [_figure(label, metric, rows) for metric in metrics]
        return found

    def _volumes(self, label: str) -> list[Figure]:
        """Say how far the model's volumes agree with the reader's."""
        rows = [row for row in self._rows if row.label == label and "truth_ml" in row.values]
        if not rows:
            return []
        predicted = [row.values["predicted_ml"] for row in rows]
        true = [row.values["truth_ml"] for row in rows]
        agreement = bland_altman(predicted, true)
        icc = intraclass_correlation(np.array([predicted, true]).T)
        named = {
            "volume_bias_ml": agreement.bias,
            "volume_lower_limit_ml": agreement.lower,
            "volume_upper_limit_ml": agreement.upper,
            "volume_icc_2_1": icc.agreement,
            "volume_icc_3_1": icc.consistency,
        }
        return [Figure(label, metric, interval, len(rows)) for metric, interval in named.items()]


def _mask_values(
    ours: npt.NDArray[np.bool_], theirs: npt.NDArray[np.bool_], grid: Grid, whole: bool, tolerance_mm: float
) -> dict[str, float]:
    """Return the figures of one structure; where only some slices are compared, those that need no neighbours."""
    empty = not ours.any() and not theirs.any()
    values = {
        "dice": math.nan if empty else dice(ours, theirs),
        "jaccard": math.nan if empty else jaccard(ours, theirs),
    }
    if not whole:
        return values
    surface = surface_distances(ours, theirs, grid.spacing_mm)
    volume = volume_error(ours, theirs, grid.voxel_volume_mm3)
    return values | {
        "hd_mm": surface.hausdorff_mm,
        "hd95_mm": surface.percentile_mm(95.0),
        "assd_mm": surface.mean_mm,
        f"{SURFACE_DICE}{tolerance_mm:g}mm": surface.within(tolerance_mm),
        "predicted_ml": volume.predicted_ml,
        "truth_ml": volume.truth_ml,
        "volume_error_ml": volume.ml,
        "volume_error_percent": volume.percent,
    }


def _figure(label: str, metric: str, rows: Sequence[CaseRow]) -> Figure:
    by_subject: dict[int, list[float]] = {}
    values = [(row.subject, row.values.get(metric, math.nan)) for row in rows]
    finite = [(subject, value) for subject, value in values if math.isfinite(value)]
    for subject, value in finite:
        by_subject.setdefault(subject, []).append(value)
    interval = mean_interval([sum(found) / len(found) for found in by_subject.values()])
    if len(by_subject) < 2:
        interval = Interval(interval.value, math.nan, math.nan)
    return Figure(label, metric, interval, len(finite), sum(1 for _, value in values if math.isinf(value)))


def _summed(counts: Sequence[tuple[LesionCount, ...]]) -> tuple[LesionCount, ...]:
    """Add the counts of the cases up, size by size."""
    return tuple(
        replace(
            of_size[0],
            found=sum(count.found for count in of_size),
            missed=sum(count.missed for count in of_size),
            false=sum(count.false for count in of_size),
        )
        for of_size in zip(*counts, strict=True)
    )
