"""Make a plan fit the memory there is."""

import math
from dataclasses import dataclass, replace

import torch

from napari_medal.core.patch import Sides, plan_patch, shrink_patch
from napari_medal.core.plan import Fingerprint, Plan
from napari_medal.core.plan_changes import AS_PLANNED, PlanChanges
from napari_medal.core.recipe import Recipe
from napari_medal.core.target import Target
from napari_medal.engine.device import Device
from napari_medal.engine.shortage import is_out_of_memory, release
from napari_medal.engine.step_memory import StepMemory, take_step

_USEFUL_VOXELS = 160**3
"""Neither is a patch grown beyond this, nor a step beyond twice of it: what is learnt then is not worth the time."""
_MOST_PATCHES = 8
_MOST_SLICES = 32
_MOST_SEEN = 0.05
"""Share of all labelled voxels that a step may see, as in nnU-Net (Isensee et al. 2021, Nat Methods 18:203)."""
_TRIES = 3


@dataclass(frozen=True)
class FittedPlan:
    """A plan, and the memory that a training step of it holds.

    Args:
        plan: The plan.
        step_bytes: What was measured.
        fits: Whether that is within the budget; where even the smallest is not, training tries all the same.
    """

    plan: Plan
    step_bytes: int
    fits: bool


def fit_plan(
    recipe: Recipe,
    plan: Plan,
    fingerprint: Fingerprint,
    outputs: int,
    device: Device,
    pinned: PlanChanges = AS_PLANNED,
) -> FittedPlan:
    """Shrink batch and patch until a step fits, or grow both where an accelerator has room.

    The memory of a step is measured by a walk without numbers. On a CUDA device the plan that was found takes a real
    step, and the bytes that it held, with all that kernels use, correct the walk's until nothing changes any more.

    Args:
        recipe: Builds the network.
        plan: The first guess.
        fingerprint: What the data look like.
        outputs: Classes of an answer, background included for a mask.
        device: Where to train, and with how much memory.
        pinned: What a person decided; their patch and their batch stay as they are.
    """
    fitting = _Fitting(recipe, plan, fingerprint, outputs, device, pinned)
    found = fitting.best()
    for _ in range(_TRIES if device.torch.type == "cuda" else 0):
        tried, found = found, fitting.corrected(found)
        if found == tried:
            break
    held = fitting.bytes(found)
    return FittedPlan(found, held, held <= device.memory.budget_bytes)


def step_on_device(recipe: Recipe, plan: Plan, channels: int, outputs: int, device: Device) -> int:
    """Return the bytes that a real step holds beside the weights on CUDA; twice the budget where it is full."""
    network = recipe.build(plan, channels, outputs).to(device.torch).train()
    before = torch.cuda.memory_allocated(device.torch)
    torch.cuda.reset_peak_memory_stats(device.torch)
    try:
        with device.autocast():
            take_step(network, recipe.target, plan.patch, plan.batch, channels, device.torch)
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        return 2 * device.memory.budget_bytes
    finally:
        network.zero_grad(set_to_none=True)
        release(device)
    return torch.cuda.max_memory_allocated(device.torch) - before


class _Fitting:
    """One plan being fitted."""

    def __init__(
        self,
        recipe: Recipe,
        plan: Plan,
        fingerprint: Fingerprint,
        outputs: int,
        device: Device,
        pinned: PlanChanges,
    ) -> None:
        self._recipe = recipe
        self._plan = plan
        self._fingerprint = fingerprint
        self._outputs = outputs
        self._device = device
        self._budget = device.memory.budget_bytes
        self._channels = len(plan.particulars.looks_at) or fingerprint.channels
        self._memory = StepMemory(recipe, plan, self._channels, outputs)
        self._factor = 1.0
        self._least = 0.0
        self._free_patch = pinned.patch is None and recipe.target is Target.MASK
        self._free_batch = pinned.batch is None

    def bytes(self, plan: Plan) -> int:
        """Return what a step holds."""
        return math.ceil(self._memory.bytes(plan) * self._factor)

    def best(self) -> Plan:
        """Return the plan that makes the best of the budget."""
        if self.bytes(self._plan) > self._budget:
            return self._shrunk(self._plan)
        if self._device.memory.accelerated and self._recipe.target is Target.MASK:
            return self._with_more_patches(self._with_larger_patch(self._plan))
        return self._plan

    def corrected(self, plan: Plan) -> Plan:
        """Return the best plan after a real step of this one; what held too much once is never taken for less again."""
        held = step_on_device(self._recipe, plan, self._channels, self._outputs, self._device)
        factor = (held + self._memory.fixed) / self._memory.bytes(plan)
        if factor * self._memory.bytes(plan) > self._budget:
            self._least = max(self._least, factor)
        self._factor = max(factor, self._least)
        return self.best()

    def _shrunk(self, plan: Plan) -> Plan:
        """Return less at once: patches down to two, then smaller ones, then a single one."""
        plan = self._with_fewer_patches(plan, least=2)
        while self._free_patch and self.bytes(plan) > self._budget:
            affordable = self._affordable(plan) / plan.batch
            smaller = shrink_patch(plan.patch, plan.divisor)
            while smaller is not None and math.prod(smaller) > affordable:
                further = shrink_patch(smaller, plan.divisor)
                if further is None:
                    break
                smaller = further
            if smaller is None:
                break
            plan = replace(plan, patch=smaller)
        return self._with_fewer_patches(plan, least=1)

    def _with_fewer_patches(self, plan: Plan, least: int) -> Plan:
        while self._free_batch and plan.batch > least and self.bytes(plan) > self._budget:
            affordable = int(self._affordable(plan) / math.prod(plan.patch))
            plan = replace(plan, batch=max(least, min(plan.batch - 1, affordable)))
        return plan

    def _with_larger_patch(self, plan: Plan) -> Plan:
        """Return a patch up to the median case, or the useful size."""
        voxels = int(min(_USEFUL_VOXELS, self._affordable(plan) / plan.batch))
        if not self._free_patch or plan.particulars.draw is not None or voxels <= math.prod(plan.patch):
            return plan
        larger: Sides | None = plan_patch(self._seen(), plan.divisor, voxels)
        while larger is not None and math.prod(larger) > math.prod(plan.patch):
            grown = replace(plan, patch=larger)
            if math.prod(larger) <= _USEFUL_VOXELS and self.bytes(grown) <= self._budget:
                return grown
            larger = shrink_patch(larger, plan.divisor)
        return plan

    def _with_more_patches(self, plan: Plan) -> Plan:
        voxels = math.prod(plan.patch)
        seen = _MOST_SEEN * self._fingerprint.cases * math.prod(self._seen().median_shape) / voxels
        by_slice = self._fingerprint.planar or plan.particulars.draw is not None
        most = _MOST_SLICES if by_slice else _MOST_PATCHES
        wanted = min(most, int(seen), 2 * _USEFUL_VOXELS // voxels, int(self._affordable(plan) / voxels))
        if not self._free_batch or wanted <= plan.batch:
            return plan
        return self._with_fewer_patches(replace(plan, batch=wanted), least=plan.batch)

    def _affordable(self, plan: Plan) -> float:
        """Return the voxels of a step that the budget has room for, by this plan's bytes for each."""
        fixed = self._memory.fixed * self._factor
        each = (self.bytes(plan) - fixed) / (plan.batch * math.prod(plan.patch))
        return max(0.0, (self._budget - fixed) / each)

    def _seen(self) -> Fingerprint:
        """Return the fingerprint at the plan's spacing; an axis that is not looked along is as long as the patch."""
        found, plan = self._fingerprint, self._plan
        spacing = found.spacing_mm if plan.spacing_mm is None else plan.spacing_mm
        z, y, x = (
            max(1, round(n * own / new))
            if any(kernel[axis] > 1 for kernel in plan.kernels) or not plan.kernels
            else side
            for axis, (n, own, new, side) in enumerate(
                zip(found.median_shape, found.spacing_mm, spacing, plan.patch, strict=True)
            )
        )
        return replace(found, spacing_mm=spacing, median_shape=(z, y, x))
