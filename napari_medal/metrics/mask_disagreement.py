"""Where two masks of one case say different things, and in what way."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_medal.metrics.overlap import dice_per_label
from napari_medal.metrics.surface_distances import surface_distances
from napari_medal.types import LabelArray

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Lacking:
    """A run of slices beyond one end of a structure, on which only the other mask has it.

    Args:
        axis: Array axis across which the slices lie.
        first: First slice, from 0.
        last: Last slice.
        share: Voxels there, as a share of the whole structure.
    """

    axis: int
    first: int
    last: int
    share: float


@dataclass(frozen=True)
class LabelDisagreement:
    """How one label of a mask differs from another mask that is taken for comparison.

    Args:
        value: The label.
        dice: Overlap.
        log_ratio: Logarithm of the mask's volume relative to the other's, with 10 voxels added to both.
        shift_mm: (z, y, x) from the other's centre to the mask's; zeros where one of them is empty.
        surface_mm: Average symmetric surface distance; infinite where one of them is empty.
        missing: The end that the mask lacks, and calls background; None without any.
        surplus: The end that the other lacks, likewise.
    """

    value: int
    dice: float
    log_ratio: float
    shift_mm: tuple[float, float, float]
    surface_mm: float
    missing: Lacking | None
    surplus: Lacking | None


@dataclass(frozen=True)
class MaskDisagreement:
    """How a mask differs from another one.

    Args:
        labels: Each label that occurs in one of them.
        swapped: Mean Dice after the best exchange of labels.
        exchange: For each of `labels`, the label that it takes in that exchange.
        axial: Axial slice on which most voxels differ.
    """

    labels: tuple[LabelDisagreement, ...]
    swapped: float
    exchange: tuple[int, ...]
    axial: int

    @property
    def dice(self) -> float:
        """Mean Dice of the labels; 1 where both masks are empty."""
        return float(np.mean([label.dice for label in self.labels])) if self.labels else 1.0


def mask_disagreement(
    mask: LabelArray, other: LabelArray, values: Sequence[int], spacing_mm: tuple[float, float, float]
) -> MaskDisagreement:
    """Compare a mask with another one, both (Z, Y, X), label by label.

    Args:
        mask: The mask in question.
        other: What it is compared with.
        values: The labels, in order.
        spacing_mm: Distance of voxels along each axis.
    """
    box = _box(mask, other)
    ours, theirs, start = mask[box], other[box], tuple(int(side.start) for side in box)
    occurring = [value for value in values if (ours == value).any() or (theirs == value).any()]
    labels = tuple(_label(ours, theirs, value, spacing_mm, start) for value in occurring)
    differing = (ours != theirs).reshape(len(ours), -1).sum(axis=1)
    swapped, exchange = _best_exchange(ours, theirs, occurring)
    return MaskDisagreement(labels, swapped, exchange, start[0] + int(differing.argmax()))


def _box(mask: LabelArray, other: LabelArray) -> tuple[slice, ...]:
    """Return the smallest box around what is labelled in either mask, with a voxel at least: large volumes are slow."""
    labelled = (mask > 0) | (other > 0)
    box = []
    for axis in range(labelled.ndim):
        others = tuple(each for each in range(labelled.ndim) if each != axis)
        found = np.flatnonzero(labelled.any(axis=others))
        box.append(slice(int(found[0]), int(found[-1]) + 1) if found.size else slice(0, 1))
    return tuple(box)


def _label(
    mask: LabelArray,
    other: LabelArray,
    value: int,
    spacing_mm: tuple[float, float, float],
    start: tuple[int, ...],
) -> LabelDisagreement:
    """Compare one label of masks that are cut out at `start`."""
    ours, theirs = mask == value, other == value
    centres = [_centre(part, spacing_mm) for part in (ours, theirs)]
    z, y, x = (0.0, 0.0, 0.0)
    if centres[0] is not None and centres[1] is not None:
        z, y, x = (float(step) for step in centres[0] - centres[1])
    return LabelDisagreement(
        value=value,
        dice=dice_per_label(mask, other, (value,))[0],
        log_ratio=float(np.log((np.count_nonzero(ours) + 10) / (np.count_nonzero(theirs) + 10))),
        shift_mm=(z, y, x),
        surface_mm=surface_distances(ours, theirs, spacing_mm).mean_mm,
        missing=_lacking(ours, theirs & (mask == 0), start),
        surplus=_lacking(theirs, ours & (other == 0), start),
    )


def _centre(mask: Mask, spacing_mm: tuple[float, float, float]) -> npt.NDArray[np.float64] | None:
    places = np.argwhere(mask)
    return np.asarray(places.mean(axis=0) * spacing_mm, dtype=np.float64) if len(places) else None


def _lacking(mask: Mask, found: Mask, start: tuple[int, ...]) -> Lacking | None:
    """Return the run of slices without the mask that holds most of the voxels `found`."""
    whole = np.count_nonzero(found | mask)
    runs: list[Lacking] = []
    for axis in range(mask.ndim):
        others = tuple(other for other in range(mask.ndim) if other != axis)
        counts = found.sum(axis=others)
        covered = np.flatnonzero(mask.any(axis=others))
        if len(covered):
            counts[covered[0] : covered[-1] + 1] = 0
        there = np.flatnonzero(counts)
        for run in np.split(there, np.flatnonzero(np.diff(there) > 1) + 1):
            if len(run):
                first, last = (start[axis] + int(place) for place in (run[0], run[-1]))
                runs.append(Lacking(axis, first, last, float(counts[run].sum() / whole)))
    return max(runs, key=lambda run: run.share, default=None)


def _best_exchange(mask: LabelArray, other: LabelArray, values: Sequence[int]) -> tuple[float, tuple[int, ...]]:
    """Return the best mean Dice that an exchange of labels gives, and what each label becomes (Kuhn 1955)."""
    from scipy.optimize import linear_sum_assignment

    if not values:
        return 1.0, ()
    pairs = np.zeros(256 * 256, dtype=np.int64)
    for ours, theirs in zip(mask, other, strict=True):
        pairs += np.bincount((ours.astype(np.intp) * 256 + theirs).ravel(), minlength=256 * 256)
    counts = pairs.reshape(256, 256)
    wanted = list(values)
    sizes = counts.sum(axis=1)[wanted][:, None] + counts.sum(axis=0)[wanted][None, :]
    overlaps = 2.0 * counts[np.ix_(wanted, wanted)] / np.maximum(sizes, 1)
    rows, columns = linear_sum_assignment(overlaps, maximize=True)
    return float(overlaps[rows, columns].mean()), tuple(wanted[column] for column in columns)
