"""Plan a network that answers with a class, or with a value."""

from dataclasses import dataclass, replace

from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.target import Target

_EDGE_2D = 128
_EDGE_3D = 64
_EDGE_3D_ACCELERATED = 96


@dataclass(frozen=True)
class Classifier:
    """What a network for classes is like.

    Args:
        widths: Channels at each level.
        grain: What the sides of an image are rounded up to, a power of two.
        learning_rate: Peak learning rate of a cold start.
        images_a_step: 2D images, or volumes on an accelerator, in a step; on a CPU a step has 4 volumes.
        cold_steps: Optimiser steps from random weights; half as many from the live model.
    """

    widths: tuple[int, ...]
    grain: int = 8
    learning_rate: float = 1e-3
    images_a_step: int = 16
    cold_steps: int = 900


def plan_class(fingerprint: Fingerprint, memory: Memory, classifier: Classifier, target: Target = Target.CLASS) -> Plan:
    """Choose the size that whole images are scaled to, and the schedule.

    Images keep their proportions in millimetres, so voxels are cubes and no axis is coarse. For a value, volumes also
    keep their sizes relative to one another, since many values are sizes or go with them: the largest one fills the
    box. Pictures do not, as their spacing is seldom known.
    """
    plan = _plan(fingerprint, memory, classifier)
    if target is not Target.VALUE or fingerprint.planar:
        return plan
    extents = [n * mm for n, mm in zip(fingerprint.largest_shape, fingerprint.spacing_mm, strict=True)]
    mm = max(extent / side for extent, side in zip(extents, plan.patch, strict=True))
    return replace(plan, spacing_mm=(mm, mm, mm))


def _plan(fingerprint: Fingerprint, memory: Memory, classifier: Classifier) -> Plan:
    step = (1, 2, 2) if fingerprint.planar else (2, 2, 2)
    return Plan(
        spacing_mm=None,
        patch=(1, _EDGE_2D, _EDGE_2D) if fingerprint.planar else _box(fingerprint, memory, classifier.grain),
        batch=classifier.images_a_step if fingerprint.planar or memory.accelerated else 4,
        widths=classifier.widths,
        strides=(step,) * (len(classifier.widths) - 1),
        members=3,
        cold_steps=classifier.cold_steps,
        warm_steps=classifier.cold_steps // 2,
        learning_rate=classifier.learning_rate,
    )


def _box(fingerprint: Fingerprint, memory: Memory, grain: int) -> tuple[int, int, int]:
    """Return a box with the proportions of the median case, its longest side being the edge."""
    edge = _EDGE_3D_ACCELERATED if memory.accelerated else _EDGE_3D
    extents = [n * mm for n, mm in zip(fingerprint.median_shape, fingerprint.spacing_mm, strict=True)]
    z, y, x = (max(grain, -(-round(edge * extent / max(extents)) // grain) * grain) for extent in extents)
    return z, y, x
