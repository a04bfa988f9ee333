"""How long a reader takes, reckoned from how much there is to correct."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from napari_medal.core.edit_size import EditSize

_LEAST = 20
"""Recorded corrections that a fit needs."""
_PULL = 0.9
"""How strongly coefficients are drawn to the guess: about as by one recorded correction."""
_PAUSE_SECONDS = 3600.0
"""A correction that took longer was left lying."""


@dataclass(frozen=True)
class ReadingTime:
    """Seconds for a correction: to look, for each mm of contour, each slice, and each separate place.

    The time goes with the length of the contours drawn anew, far more than with voxels or Dice (Vaassen et al. 2020,
    Phys Imaging Radiat Oncol 13:1; 329 CTs: rho 0.69, PubMed 34027588). The coefficients to begin with are guesses of
    the right size, not measurements: read such minutes as a scale to compare strategies on, not as a promise.
    """

    look: float = 15.0
    a_mm: float = 0.08
    a_slice: float = 1.5
    a_component: float = 3.0
    a_class: float = 10.0
    a_value: float = 20.0
    fitted_on: int = 0

    def seconds(self, edit: EditSize) -> float:
        """Return the seconds for a correction; more places than slices count as one for each slice."""
        return (
            self.look
            + self.a_mm * edit.length_mm
            + self.a_slice * edit.slices
            + self.a_component * min(edit.components, edit.slices)
        )


USUAL = ReadingTime()
"""What is reckoned with until enough corrections are recorded."""


def fitted(recorded: Sequence[tuple[EditSize, float]]) -> ReadingTime:
    """Fit the coefficients to corrections and the seconds they took.

    Non-negative least squares on the relative error, drawn towards `USUAL` (ridge regression, Hoerl and Kennard 1970),
    so that a quantity which hardly varies keeps its guess. With fewer than 20 corrections `USUAL` is returned; those of
    no second or of more than an hour do not count.
    """
    from scipy.optimize import nnls

    usable = [(edit, seconds) for edit, seconds in recorded if 0.0 < seconds < _PAUSE_SECONDS]
    if len(usable) < _LEAST:
        return USUAL
    guess = np.array([USUAL.look, USUAL.a_mm, USUAL.a_slice, USUAL.a_component])
    rows = np.array([[1.0, e.length_mm, e.slices, min(e.components, e.slices)] for e, _ in usable]) * guess
    seconds = np.array([spent for _, spent in usable])
    pull = _PULL * np.eye(len(guess))
    left = np.vstack([rows / seconds[:, None], pull])
    right = np.concatenate([np.ones(len(usable)), pull.sum(axis=1)])
    shares, _ = nnls(left, right)
    look, a_mm, a_slice, a_component = (float(number) for number in shares * guess)
    return ReadingTime(look, a_mm, a_slice, a_component, fitted_on=len(usable))
