"""In how many ways a label looks wrong beside a mask that was made without it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.metrics.mask_disagreement import LabelDisagreement, Lacking, MaskDisagreement

_CUTS = ("slices", "coronal slices", "sagittal slices")
_FLAT_CUTS = ("slices", "rows", "columns")
_SIDES = (("below", "above"), ("in front of", "behind"), ("to the right of", "to the left of"))
"""Towards the start and towards the end of each axis of a canonical array."""
_FLAT_SIDES = (("below", "above"), ("above", "below"), ("to the left of", "to the right of"))


class Way(StrEnum):
    """What is looked at."""

    SWAPPED = "swapped labels"
    MISSING = "a missing end"
    SURPLUS = "a surplus end"
    SHIFT = "a shift"
    VOLUME = "the volume"
    OVERLAP = "the overlap"
    SURFACE = "the surface"


@dataclass(frozen=True)
class Sign:
    """How a label looks in one way.

    Args:
        value: Higher is worse; nan where it cannot be told.
        least: Deviation between labels that is nothing yet.
        words: What is wrong, if it is.
        axial: Axial slice to look at first.
    """

    value: float
    least: float
    words: str
    axial: int


def mask_signs(found: MaskDisagreement, scheme: LabelScheme, grid: Grid, slices: Sequence[int]) -> "dict[Way, Sign]":
    """Return how a label looks in each way; nothing where neither mask holds any label.

    Args:
        found: How it differs from the mask that was made without it.
        scheme: Names the labels.
        grid: The canonical grid of the case.
        slices: Axial slice of the case, from 0, that each compared one is.
    """
    if not found.labels:
        return {}
    telling = _Telling(scheme, grid, slices, slices[found.axial])
    return {
        Way.SWAPPED: telling.swapped(found),
        Way.MISSING: telling.end([(label, label.missing) for label in found.labels], is_missing=True),
        Way.SURPLUS: telling.end([(label, label.surplus) for label in found.labels], is_missing=False),
        Way.SHIFT: telling.shift(max(found.labels, key=lambda label: float(np.linalg.norm(label.shift_mm)))),
        Way.VOLUME: telling.volume(max(found.labels, key=lambda label: abs(label.log_ratio))),
        Way.OVERLAP: telling.overlap(min(found.labels, key=lambda label: label.dice)),
        Way.SURFACE: telling.surface(max(found.labels, key=_surface_mm)),
    }


def _surface_mm(label: LabelDisagreement) -> float:
    """Return the distance of the surfaces, or less than any where one is not there: the overlap says that already."""
    return label.surface_mm if np.isfinite(label.surface_mm) else -1.0


@dataclass(frozen=True)
class _Telling:
    """Puts figures into words."""

    scheme: LabelScheme
    grid: Grid
    slices: Sequence[int]
    axial: int

    def swapped(self, found: MaskDisagreement) -> Sign:
        changed = [label.value for label, to in zip(found.labels, found.exchange, strict=True) if label.value != to]
        names = ", ".join(self.scheme.by_value(value).name for value in changed)
        words = f"labels look swapped ({names}): Dice {found.dice:.2f} as they are, {found.swapped:.2f} exchanged"
        return Sign(found.swapped - found.dice, 0.05, words, self.axial)

    def end(self, ends: Sequence[tuple[LabelDisagreement, Lacking | None]], is_missing: bool) -> Sign:
        label, lacking = max(ends, key=lambda end: 0.0 if end[1] is None else end[1].share)
        if lacking is None:
            return Sign(0.0, 0.03, "", self.axial)
        first, last = lacking.first, lacking.last
        axial = self.axial
        if lacking.axis == 0:
            axial = self.slices[(first + last) // 2]
            first, last = self.slices[first], self.slices[last]
        cuts = (_FLAT_CUTS if self.grid.is_planar else _CUTS)[lacking.axis]
        where = f"{cuts} {first + 1}-{last + 1}" if first != last else f"{cuts[:-1]} {first + 1}"
        has, lacks = ("the model finds", "the label has") if is_missing else ("the label has", "the model finds")
        words = f"{has} {self._name(label)} on {where}, where {lacks} none"
        return Sign(lacking.share, 0.03, words, axial)

    def shift(self, label: LabelDisagreement) -> Sign:
        axis = int(np.abs(label.shift_mm).argmax())
        side = (_FLAT_SIDES if self.grid.is_planar else _SIDES)[axis][int(label.shift_mm[axis] > 0)]
        by = abs(label.shift_mm[axis])
        words = f"the label of {self._name(label)} lies {by:.2g} mm {side} where the model sees it"
        return Sign(float(np.linalg.norm(label.shift_mm)), 0.5 * self._voxel_mm, words, self.axial)

    def volume(self, label: LabelDisagreement) -> Sign:
        ratio = float(np.exp(label.log_ratio))
        size = f"{100.0 * (1.0 - ratio):.0f} % smaller than" if ratio < 1.0 else f"{ratio:.1f} times as large as"
        words = f"the label of {self._name(label)} is {size} what the model finds"
        return Sign(abs(label.log_ratio), 0.08, words, self.axial)

    def overlap(self, label: LabelDisagreement) -> Sign:
        words = f"the label of {self._name(label)} covers little of what the model finds: Dice {label.dice:.2f}"
        return Sign(1.0 - label.dice, 0.03, words, self.axial)

    def surface(self, label: LabelDisagreement) -> Sign:
        if not np.isfinite(label.surface_mm):
            return Sign(float("nan"), 0.2 * self._voxel_mm, "", self.axial)
        words = f"the border of {self._name(label)} lies {label.surface_mm:.1f} mm off the model's on average"
        return Sign(label.surface_mm, 0.2 * self._voxel_mm, words, self.axial)

    @property
    def _voxel_mm(self) -> float:
        return float(np.prod(self.grid.spacing_mm) ** (1.0 / 3.0))

    def _name(self, label: LabelDisagreement) -> str:
        return self.scheme.by_value(label.value).name
