"""Which masks look wrong beside what a model says that has not seen them."""

from collections.abc import Mapping

import numpy as np

from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Case
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.core.prediction import Prediction
from napari_medal.core.second_look import LookKind, SecondLook
from napari_medal.core.slice_ranges import as_flags
from napari_medal.loop.judging import Truth
from napari_medal.loop.mask_signs import Sign, Way, mask_signs
from napari_medal.loop.standing_out import WORTH_A_LOOK, standing_out
from napari_medal.metrics.mask_disagreement import MaskDisagreement, mask_disagreement
from napari_medal.metrics.robust_z import robust_z

_TELLING = 0.5
"""A way that says what is wrong is told where it stands out half as much as the one that stands out most."""


class MaskCheck:
    """Gathers how each label differs from an answer, and says which of them stand out.

    A label is as suspicious as it stands out among all of them in the way in which it does most. Dice alone misses an
    end that was forgotten, which is a small part of most structures.

    Args:
        scheme: The labels.
    """

    def __init__(self, scheme: LabelScheme) -> None:
        self._scheme = scheme
        self._found: dict[str, tuple[MaskDisagreement, Grid]] = {}

    def add(self, case: Case, answer: Prediction, truth: Truth, grid: Grid) -> None:
        """Compare a label with an answer, both cut down to the slices that count."""
        if answer.mask is None:
            return
        found = mask_disagreement(np.asarray(truth), answer.mask, self._scheme.values, grid.spacing_mm)
        self._found[case.name] = (found, grid)

    def looks(self, annotations: Mapping[str, Annotation]) -> list[SecondLook]:
        """Return what is worth a second look."""
        signs = {}
        for name, (found, grid) in self._found.items():
            slices = np.flatnonzero(as_flags(annotations[name].confirmed, grid.shape[0])).tolist()
            signs[name] = mask_signs(found, self._scheme, grid, slices)
        names = [name for name, found in signs.items() if found]
        if not names:
            return []
        deviations = {way: _deviations([signs[name][way] for name in names]) for way in Way}
        looks = []
        for place, name in enumerate(names):
            outstanding = {way: deviations[way][place] for way in Way}
            most = max(outstanding.values())
            if most >= WORTH_A_LOOK:
                told = signs[name][_told(outstanding)]
                kind, suspicion = LookKind.DISAGREEMENT, standing_out(most)
                looks.append(SecondLook(name, kind, suspicion, told.words, annotations[name].identifier, told.axial))
        return looks


def _deviations(signs: list[Sign]) -> list[float]:
    least = float(np.median([sign.least for sign in signs]))
    return [float(found) for found in np.nan_to_num(robust_z(np.array([sign.value for sign in signs]), least))]


def _told(outstanding: Mapping[Way, float]) -> Way:
    """Choose what people are told: an exchange explains the rest, and a shift an end too many and one too few."""
    most = max(outstanding.values())
    if outstanding[Way.SWAPPED] >= WORTH_A_LOOK:
        return Way.SWAPPED
    if min(outstanding[way] for way in (Way.SHIFT, Way.MISSING, Way.SURPLUS)) >= WORTH_A_LOOK:
        return Way.SHIFT
    for ways in ((Way.MISSING, Way.SURPLUS, Way.SHIFT), (Way.VOLUME,)):
        telling = max(ways, key=lambda way: outstanding[way])
        if outstanding[telling] >= _TELLING * most:
            return telling
    return max(Way, key=lambda way: outstanding[way])
