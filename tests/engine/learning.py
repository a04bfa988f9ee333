"""Trainings on boxes in noise: what a network learns in a few steps."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from napari_medal.core.plan import Fingerprint, Memory
from napari_medal.core.progress import Silent
from napari_medal.core.recipe import Recipe
from napari_medal.core.target import Target
from napari_medal.engine.device import Device
from napari_medal.engine.examples import Example
from napari_medal.engine.prepare import Prepared
from napari_medal.engine.training import Training
from tests.small import UNET, grid

MEMORY = Memory(2**30, accelerated=False)
VOLUMES = Fingerprint(4, 1, (1.0, 1.0, 1.0), (16, 16, 16), (16, 16, 16), planar=False)


def box_example(shape: tuple[int, int, int], seed: int) -> Example:
    """Return a bright box in noise, and its mask."""
    random = np.random.default_rng(seed)
    mask = np.zeros(shape, dtype=np.uint8)
    z, y, x = (int(n) for n in random.integers(1, 5, 3))
    mask[min(z, shape[0] - 1) :, y : y + shape[1] // 2, x : x + shape[2] // 2] = 1
    image = mask * 2.0 - 0.5 + random.normal(0, 0.1, shape)
    return Example(Prepared(image[None].astype(np.float32), grid(shape), (1.0, 1.0, 1.0)), mask=mask)


def side_example(shape: tuple[int, int, int], seed: int) -> Example:
    """Return noise with a bright or a dark side, and which."""
    value = seed % 2
    image = np.random.default_rng(seed).normal(0, 0.3, shape)
    image[..., : shape[-1] // 2] += 1 if value else -1
    return Example(Prepared(image[None].astype(np.float32), grid(shape), (1.0, 1.0, 1.0)), class_index=value)


def tiny_training(
    device: Device, recipe: Recipe = UNET, fingerprint: Fingerprint = VOLUMES, **changes: Any
) -> Training:
    """Return a training on four boxes, or on four sides for a recipe that answers with a class."""
    plan = recipe.plan(fingerprint, MEMORY)
    make: Callable[[tuple[int, int, int], int], Example] = box_example if recipe.target is Target.MASK else side_example
    shape = fingerprint.median_shape if recipe.target is Target.MASK else plan.patch
    examples = [make(shape, seed) for seed in range(4)]
    return replace(Training(recipe, plan, 1, 2, examples, None, 0, device), **changes)


class Losses(Silent):
    """Progress that keeps the curve of the loss."""

    def __init__(self) -> None:
        self.values: list[float] = []

    def point(self, point: Any) -> None:
        self.values.append(point.value)
