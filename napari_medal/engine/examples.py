"""Labelled cases, and the batches drawn from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from napari_medal.core.plan import Plan
from napari_medal.core.target import Target
from napari_medal.engine.loss import IGNORED
from napari_medal.engine.prepare import Prepared, Shape
from napari_medal.errors import ModelError
from napari_medal.types import FloatArray, LabelArray

_FOREGROUND_SHARE = 1 / 3
"""Share of patches centred on a labelled voxel, as in nnU-Net (Isensee et al. 2021, Nat Methods 18:203)."""


@dataclass(frozen=True, eq=False)
class Example:
    """A labelled case: the mask is (Z, Y, X) class indices on the network's grid, IGNORED where nobody has said what is
    right; a class is its index; a value is in the quantity's unit.
    """  # noqa: D205

    prepared: Prepared
    mask: LabelArray | None = None
    class_index: int | None = None
    value: float | None = None


@dataclass(frozen=True, eq=False)
class Batch:
    """Patches on the CPU: images (B, C, Z, Y, X) float32; answers (B, 1, Z, Y, X) uint8, (B,) int64, or
    standardised values (B, 1) float32.
    """  # noqa: D205

    images: torch.Tensor
    answers: torch.Tensor


class BatchSource:
    """Draws random batches, repeatable by seed.

    Masks: cases uniformly, a patch from each, a third of them centred on foreground, each class as often as another.
    A patch of a case that is known in part holds one of its known slices at least.
    Classes: each class as often as another, then cases uniformly. Values: cases uniformly.
    """

    def __init__(self, examples: Sequence[Example], plan: Plan, target: Target, seed: int) -> None:
        self._examples = examples
        self._plan = plan
        self._target = target
        self._random = np.random.default_rng(seed)
        self._foreground = [_foreground(example.mask) for example in examples]
        self._known = [_known_slices(example.mask) for example in examples]
        self._by_class = _by_class(examples)

    def draw(self) -> Batch:
        """Return the next batch."""
        if self._target is Target.CLASS:
            return self._draw_classes()
        if self._target is Target.VALUE:
            return self._draw_values()
        chosen = self._random.integers(len(self._examples), size=self._plan.batch)
        images, masks = zip(*(self._patch(int(position)) for position in chosen), strict=True)
        return Batch(torch.from_numpy(np.stack(images)), torch.from_numpy(np.stack(masks)[:, None]))

    def _draw_classes(self) -> Batch:
        classes = self._random.choice(list(self._by_class), size=self._plan.batch)
        chosen = [self._examples[int(self._random.choice(self._by_class[int(name)]))] for name in classes]
        images = np.stack([example.prepared.image for example in chosen])
        answers = np.array([example.class_index for example in chosen], dtype=np.int64)
        return Batch(torch.from_numpy(images), torch.from_numpy(answers))

    def _draw_values(self) -> Batch:
        chosen = [
            self._examples[int(position)]
            for position in self._random.integers(len(self._examples), size=self._plan.batch)
        ]
        images = np.stack([example.prepared.image for example in chosen])
        return Batch(torch.from_numpy(images), torch.tensor([[self._standardised(example)] for example in chosen]))

    def _standardised(self, example: Example) -> float:
        """Return a value as the plan's scale has it.

        Raises:
            ModelError: The example, or the plan, has none.
        """
        scale = self._plan.value_scale
        if scale is None or example.value is None:
            msg = f"Training on values found the value {example.value} and the scale {scale}; wanted both."
            raise ModelError(msg)
        return (example.value - scale.mean) / scale.deviation

    def _patch(self, position: int) -> tuple[FloatArray, LabelArray]:
        example = self._examples[position]
        mask = example.mask
        image = example.prepared.image
        shape = image.shape[1:]
        starts = [self._start(n, wanted) for n, wanted in zip(shape, self._plan.patch, strict=True)]
        known = self._known[position]
        if known is not None:
            starts[0] = self._start_at(int(self._random.choice(known)), shape[0], self._plan.patch[0])
        foreground = self._foreground[position]
        if foreground and self._random.random() < _FOREGROUND_SHARE:
            voxels = foreground[int(self._random.integers(len(foreground)))]
            centre = np.unravel_index(int(self._random.choice(voxels)), shape)
            starts = [
                _around(int(c), n, wanted, start)
                for c, n, wanted, start in zip(centre, shape, self._plan.patch, starts, strict=True)
            ]
        label = np.zeros(shape, dtype=np.uint8) if mask is None else mask
        return _cut(image, starts, self._plan.patch, float(image.min())), _cut(
            label[None], starts, self._plan.patch, 0
        )[0]

    def _start(self, available: int, wanted: int) -> int:
        """Draw where a patch begins along an axis; negative means padding in front."""
        low, high = sorted((0, available - wanted))
        return int(self._random.integers(low, high + 1))

    def _start_at(self, slice_z: int, available: int, wanted: int) -> int:
        """Draw where a patch begins that holds a slice."""
        low, high = sorted((0, available - wanted))
        return int(self._random.integers(max(low, slice_z - wanted + 1), min(high, slice_z) + 1))


def _around(centre: int, available: int, wanted: int, start: int) -> int:
    """Centre a patch on a voxel without leaving the image more than need be."""
    if available <= wanted:
        return start
    return int(np.clip(centre - wanted // 2, 0, available - wanted))


def _cut(array: npt.NDArray[Any], starts: Sequence[int], patch: Shape, fill: float) -> npt.NDArray[Any]:
    """Cut a patch out of (C, Z, Y, X), filling what lies outside."""
    cut = np.full((array.shape[0], *patch), fill, dtype=array.dtype)
    source = [slice(None)]
    target = [slice(None)]
    for start, available, wanted in zip(starts, array.shape[1:], patch, strict=True):
        source.append(slice(max(0, start), min(available, start + wanted)))
        target.append(slice(max(0, -start), max(0, -start) + min(available, start + wanted) - max(0, start)))
    cut[tuple(target)] = array[tuple(source)]
    return cut


def _foreground(mask: LabelArray | None) -> list[np.ndarray[tuple[int], np.dtype[np.intp]]]:
    """Return the flat positions of each class that occurs."""
    if mask is None:
        return []
    return [np.flatnonzero(mask == value) for value in np.unique(mask) if value not in (0, IGNORED)]


def _known_slices(mask: LabelArray | None) -> npt.NDArray[np.intp] | None:
    """Return the slices where something is known; None where all is."""
    if mask is None or not (mask == IGNORED).any():
        return None
    return np.flatnonzero((mask != IGNORED).any(axis=(1, 2)))


def _by_class(examples: Sequence[Example]) -> dict[int, list[int]]:
    """Return the positions of the examples of each class that occurs."""
    positions: dict[int, list[int]] = {}
    for position, example in enumerate(examples):
        if example.class_index is not None:
            positions.setdefault(example.class_index, []).append(position)
    return positions
