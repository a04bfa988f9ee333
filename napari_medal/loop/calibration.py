"""Make a model version as sure as it is right, by one number fitted on the validation set."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from napari_medal.core.case import Case
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.core.prediction import Prediction
from napari_medal.core.target import Target
from napari_medal.loop.version_file import VersionFile
from napari_medal.metrics.calibration_error import calibration_error
from napari_medal.metrics.temperature import fit_temperature, log_loss, temper
from napari_medal.types import LabelArray

FILE_NAME = "calibration.json"
_LEAST = {Target.MASK: 5, Target.CLASS: 50}
"""Validation subjects that a fit needs: a mask gives thousands of answers, a class a single one."""
_FOLDS = 5
_BAND_VOXELS = 3
_VOXELS_A_CASE = 5000


@dataclass(frozen=True)
class Calibration:
    """What the fit found.

    Args:
        temperature: What probabilities are tempered with; 1 leaves them.
        subjects: Validation subjects that it was fitted on.
        answers: Answers that it was fitted on: cases, or voxels near the structures.
        error_before: Expected calibration error without it; nan where it was not tried.
        error_after: The same with it, for answers of subjects that the temperature was not fitted on.
        reason: Why it is used or not, in words.
    """

    temperature: float
    subjects: int
    answers: int
    error_before: float
    error_after: float
    reason: str


class Calibrator:
    """Collects answers while a model version is judged, then fits.

    For masks, up to 5,000 voxels a case are drawn from those within three voxels of a structure, true or predicted;
    the certain background everywhere else would drown them.
    """

    def __init__(self, target: Target, scheme: LabelScheme) -> None:
        self._target = target
        self._scheme = scheme
        self._subjects: list[str] = []
        self._probabilities: list[npt.NDArray[np.floating]] = []
        self._truths: list[npt.NDArray[np.intp]] = []

    def add(self, case: Case, answer: Prediction, truth: LabelArray | int | float, grid: Grid) -> None:  # noqa: ARG002
        """Take note of one answer; a value has no probability."""
        if isinstance(truth, int):
            probabilities = answer.probabilities[None]
            truths = np.array([self._scheme.values.index(truth)], dtype=np.intp)
        elif answer.mask is None or isinstance(truth, float):
            return
        else:
            indices = self._scheme.to_indices(truth)
            drawn = _near((answer.mask != 0) | (indices != 0), np.random.default_rng(len(self._truths)))
            probabilities = np.stack([of_class[drawn] for of_class in answer.probabilities], axis=1)
            truths = indices[drawn].astype(np.intp)
        self._subjects.append(case.subject)
        self._probabilities.append(probabilities.astype(np.float64))
        self._truths.append(truths)

    def calibration(self) -> Calibration | None:
        """Fit on all answers; it is used only where it helps for subjects that it was not fitted on.

        None for a task that measures.
        """
        if self._target is Target.VALUE:
            return None
        subjects, least = len(set(self._subjects)), _LEAST[self._target]
        answers = sum(len(truths) for truths in self._truths)
        if subjects < least or answers == 0:
            reason = f"Not fitted: {subjects} validation subjects, at least {least} are needed."
            return Calibration(1.0, subjects, answers, float("nan"), float("nan"), reason)
        probabilities, truth = np.concatenate(self._probabilities), np.concatenate(self._truths)
        tempered = self._held_out(probabilities, truth)
        before, after = (float(log_loss(found, truth).mean()) for found in (probabilities, tempered))
        errors = calibration_error(probabilities, truth), calibration_error(tempered, truth)
        losses = f"log-loss {before:.3f} without, {after:.3f} with it on subjects that it was not fitted on"
        if after >= before:
            return Calibration(1.0, subjects, answers, *errors, f"Not used, since it does not help: {losses}.")
        temperature = fit_temperature(probabilities, truth)
        return Calibration(temperature, subjects, answers, *errors, f"Used: {losses}.")

    def _held_out(self, probabilities: npt.NDArray[np.float64], truth: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
        """Temper each fold of subjects with what the others say."""
        fold_of = _folds(self._subjects)
        fold = np.repeat([fold_of[subject] for subject in self._subjects], [len(truths) for truths in self._truths])
        tempered = probabilities.copy()
        for number in set(fold.tolist()):
            held = fold == number
            temperature = fit_temperature(probabilities[~held], truth[~held])
            tempered[held] = temper(probabilities[held], temperature)
        return tempered


_File = VersionFile[Calibration]


def write_calibration(folder: Path, calibration: Calibration) -> None:
    """Keep it in a model version's folder, atomically."""
    _File(calibration).write(folder / FILE_NAME)


def read_calibration(folder: Path) -> Calibration | None:
    """Read it back; None for a version without one.

    Raises:
        ProjectError: The file is damaged.
    """
    return _File.read(folder / FILE_NAME, "Without the file probabilities stay as they are.")


def temperature_of(folder: Path) -> float:
    """Return what the probabilities of the version in a folder are tempered with; 1 without a calibration."""
    found = read_calibration(folder)
    return 1.0 if found is None else found.temperature


def _folds(subjects: Sequence[str]) -> dict[str, int]:
    return {subject: place % _FOLDS for place, subject in enumerate(dict.fromkeys(subjects))}


def _near(structure: npt.NDArray[np.bool_], random: np.random.Generator) -> tuple[npt.NDArray[np.intp], ...]:
    """Draw voxels within a few voxels of a structure; return their indices along each axis."""
    from scipy.ndimage import binary_dilation

    found = np.nonzero(structure)
    if not found[0].size:
        return found
    box = tuple(slice(max(0, int(axis.min()) - _BAND_VOXELS), int(axis.max()) + _BAND_VOXELS + 1) for axis in found)
    near = np.nonzero(binary_dilation(structure[box], iterations=_BAND_VOXELS))
    drawn = random.permutation(near[0].size)[:_VOXELS_A_CASE]
    return tuple(axis[drawn] + part.start for axis, part in zip(near, box, strict=True))
