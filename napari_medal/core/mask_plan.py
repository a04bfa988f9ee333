"""Plan a network that answers with a mask."""

from dataclasses import dataclass

from napari_medal.core.patch import plan_patch
from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.pyramid import Pyramid


@dataclass(frozen=True)
class Appetite:
    """What a network takes and how long it learns, on a CPU or on an accelerator.

    Args:
        widths: Channels at each level of the deepest network.
        bytes_a_voxel: What a training step holds for each voxel and full-resolution channel of a batch.
        most_voxels: Voxels of a patch at most, so that a step is no longer than learning is worth.
        learning_rate: Peak learning rate of a cold start.
        cold_steps: Optimiser steps from random weights; half as many from the live model.
        members: Snapshots of one training.
    """

    widths: tuple[int, ...]
    bytes_a_voxel: int
    most_voxels: int
    learning_rate: float
    cold_steps: int = 600
    members: int = 3


def plan_mask(fingerprint: Fingerprint, memory: Memory, pyramid: Pyramid, appetite: Appetite) -> Plan:
    """Choose the patch that memory allows, and the schedule.

    The rules are those of nnU-Net (Isensee et al. 2021, Nat Methods 18:203): median spacing, and a patch as large as
    memory allows. Memory is reckoned from `bytes_a_voxel`; the engine measures, and shrinks or grows what comes of it.
    """
    widths = appetite.widths[: len(pyramid.strides) + 1]
    batch = 8 if fingerprint.planar else 2
    affordable = memory.budget_bytes // (widths[0] * batch * appetite.bytes_a_voxel)
    return Plan(
        spacing_mm=None if fingerprint.planar else fingerprint.spacing_mm,
        patch=plan_patch(fingerprint, pyramid.divisor, min(appetite.most_voxels, affordable)),
        batch=batch,
        widths=widths,
        strides=pyramid.strides,
        members=appetite.members,
        cold_steps=appetite.cold_steps,
        warm_steps=appetite.cold_steps // 2,
        learning_rate=appetite.learning_rate,
        kernels=pyramid.kernels,
    )
