"""Labelled cases, and the batches drawn from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from napari_medal.core.learning import AS_USUAL, Balance
from napari_medal.core.plan import Plan
from napari_medal.core.target import Target
from napari_medal.engine.balanced_draw import BalancedDraw
from napari_medal.engine.foreground import Foreground
from napari_medal.engine.mask_loss import IGNORED
from napari_medal.engine.prepare import Prepared
from napari_medal.engine.slice_draw import SliceLottery
from napari_medal.errors import ModelError
from napari_medal.types import FloatArray, LabelArray


@dataclass(frozen=True, eq=False)
class Example:
    """A labelled case; image and mask may lie in files that are mapped into memory.

    Args:
        prepared: The image.
        mask: (Z, Y, X) class indices on the network's grid, IGNORED where nobody has said what is right.
        class_index: The class of a case.
        value: The number of a case, in the quantity's unit.
        foreground: Where the mask has labels; None looks the mask through.
    """

    prepared: Prepared
    mask: LabelArray | None = None
    class_index: int | None = None
    value: float | None = None
    foreground: Foreground | None = None


@dataclass(frozen=True, eq=False)
class Batch:
    """Patches on the CPU: images (B, C, Z, Y, X) float32; answers (B, 1, Z, Y, X) uint8, (B,) int64, or
    standardised values (B, 1) float32.
    """  # noqa: D205

    images: torch.Tensor
    answers: torch.Tensor


class BatchSource:
    """Draws random batches, repeatable by seed; a source that begins with batch `first` goes on like any other there.

    Of a case in a file only the patch is read.

    Masks: a patch from each drawn case, the plan's share of them centred on foreground, each class as often as another.
    A patch of a case that is known in part holds one of its known slices at least. Where the plan draws by slice, the
    patch lies around a slice drawn over all cases, and slices beyond an end repeat the last one. The context at the
    ends of a patch is IGNORED.
    Classes: whole images, rare classes as often as the balance says. Values: whole images, cases alike.

    Args:
        examples: Labelled cases.
        plan: How the network is fed.
        target: What it answers.
        seed: Makes the batches repeatable.
        first: Number of the batch to begin with.
        frequencies: How often each example is drawn relative to the others; empty draws all alike.
        balance: What is done about rare classes, where the answer is a class.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        plan: Plan,
        target: Target,
        seed: int,
        first: int = 0,
        frequencies: Sequence[float] = (),
        balance: Balance = AS_USUAL.balance,
    ) -> None:
        self._examples = examples
        self._plan = plan
        self._target = target
        self._seed = seed
        self._number = first
        self._random = np.random.default_rng([seed, first])
        self._foreground = [_foreground(example) for example in examples]
        self._shares = np.asarray(frequencies, dtype=np.float64) / sum(frequencies) if frequencies else None
        self._lottery = self._slices() if target is Target.MASK else None
        classes = [-1 if example.class_index is None else example.class_index for example in examples]
        self._cases = BalancedDraw(classes, balance, seed, frequencies)

    def draw(self) -> Batch:
        """Return the next batch."""
        self._random = np.random.default_rng([self._seed, self._number])
        self._number += 1
        if self._target is Target.CLASS:
            return self._draw_classes()
        if self._target is Target.VALUE:
            return self._draw_values()
        if self._lottery is not None:
            drawn = self._lottery.draw(self._plan.batch, self._random)
            patches = [self._around_slice(position, slice_z) for position, slice_z in drawn]
        else:
            patches = [self._patch(int(position)) for position in self._positions()]
        images, masks = zip(*patches, strict=True)
        return Batch(torch.from_numpy(np.stack(images)), torch.from_numpy(np.stack(masks)[:, None]))

    def _slices(self) -> SliceLottery | None:
        """Return what draws slices, where the plan draws by slice."""
        draw = self._plan.particulars.draw
        if draw is None:
            return None
        images = [example.prepared.image for example in self._examples]
        return SliceLottery(images, self._foreground, draw, self._shares)

    def _around_slice(self, position: int, slice_z: int) -> tuple[FloatArray, LabelArray]:
        """Return the patch around a slice."""
        depth, height, width = self._examples[position].prepared.image.shape[1:]
        _, tall, wide = self._plan.patch
        starts = (slice_z - self._plan.patch[0] // 2, self._start(height, tall), self._start(width, wide))
        image, label = self._cut_out(position, starts)
        places = np.clip(starts[0] + np.arange(len(label)), 0, depth - 1) - starts[0]
        return image[:, places], self._without_context(label[places])

    def _without_context(self, label: LabelArray) -> LabelArray:
        context = self._plan.particulars.context
        if context and len(label) > 2 * context:
            label[:context] = IGNORED
            label[-context:] = IGNORED
        return label

    def _positions(self) -> npt.NDArray[np.intp]:
        """Draw examples as often as they are to be drawn."""
        count, size = len(self._examples), self._plan.batch
        if self._shares is None:
            return self._random.integers(count, size=size)
        return self._random.choice(count, size, p=self._shares)

    def _draw_classes(self) -> Batch:
        chosen = [self._examples[int(position)] for position in self._cases.draw(self._plan.batch, self._random)]
        images = np.stack([np.asarray(example.prepared.image, dtype=np.float32) for example in chosen])
        answers = np.array([example.class_index for example in chosen], dtype=np.int64)
        return Batch(torch.from_numpy(images), torch.from_numpy(answers))

    def _draw_values(self) -> Batch:
        chosen = [self._examples[int(position)] for position in self._positions()]
        images = np.stack([np.asarray(example.prepared.image, dtype=np.float32) for example in chosen])
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
        shape, patch = self._examples[position].prepared.image.shape[1:], self._plan.patch
        starts = [self._start(n, wanted) for n, wanted in zip(shape, patch, strict=True)]
        foreground = self._foreground[position]
        if foreground.known is not None:
            starts[0] = self._start_at(int(self._random.choice(foreground.known)), shape[0], patch[0])
        if foreground.voxels and self._random.random() < self._plan.foreground:
            voxels = foreground.voxels[int(self._random.integers(len(foreground.voxels)))]
            centre = np.unravel_index(int(self._random.choice(voxels)), shape)
            starts = [
                _around(int(c), n, wanted, start)
                for c, n, wanted, start in zip(centre, shape, patch, starts, strict=True)
            ]
        image, label = self._cut_out(position, starts)
        return image, self._without_context(label)

    def _cut_out(self, position: int, starts: Sequence[int]) -> tuple[FloatArray, LabelArray]:
        """Return the patch that begins there; beyond the image it has its lowest intensity and no label."""
        example = self._examples[position]
        image, patch = example.prepared.image, self._plan.patch
        shape = image.shape[1:]
        inside = all(0 <= at <= n - wanted for at, n, wanted in zip(starts, shape, patch, strict=True))
        cut = _cut(image, starts, np.full((len(image), *patch), 0.0 if inside else example.prepared.lowest, np.float32))
        label = np.zeros((1, *patch), dtype=np.uint8)
        return cut, label[0] if example.mask is None else _cut(example.mask[None], starts, label)[0]

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


def _cut(array: npt.NDArray[Any], starts: Sequence[int], room: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Write a patch of (C, Z, Y, X) into a room of its size, which stays as it is where the patch lies outside."""
    source = [slice(None)]
    target = [slice(None)]
    for start, available, wanted in zip(starts, array.shape[1:], room.shape[1:], strict=True):
        source.append(slice(max(0, start), min(available, start + wanted)))
        target.append(slice(max(0, -start), max(0, -start) + min(available, start + wanted) - max(0, start)))
    room[tuple(target)] = array[tuple(source)]
    return room


def _foreground(example: Example) -> Foreground:
    """Return where an example has labels."""
    if example.foreground is not None:
        return example.foreground
    return Foreground() if example.mask is None else Foreground.of(example.mask)
