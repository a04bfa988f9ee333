"""What to do when memory runs out: less at once, then elsewhere."""

from dataclasses import dataclass, replace

import torch

from napari_medal.core.patch import shrink_patch
from napari_medal.core.plan import Memory, Plan
from napari_medal.core.target import Target
from napari_medal.engine.device import Device

_SIGNS = ("out of memory", "can't allocate memory", "not enough memory")
"""What torch's allocators say; only CUDA's has an exception of its own."""


@dataclass(frozen=True)
class Retreat:
    """A smaller way to train, and the reason in words."""

    plan: Plan
    device: Device
    words: str


def is_out_of_memory(error: RuntimeError) -> bool:
    """Tell whether an error of torch means that memory ran out."""
    return isinstance(error, torch.OutOfMemoryError) or any(sign in str(error).lower() for sign in _SIGNS)


def release(device: Device) -> None:
    """Give back what torch keeps for later on an accelerator."""
    if device.torch.type == "cuda" and torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif device.torch.type == "mps":
        torch.mps.empty_cache()


def retreat(plan: Plan, device: Device, target: Target) -> Retreat | None:
    """Return the next smaller way: half the batch, then half the patch, then the CPU; None where all were tried.

    Images for a class or a value are prepared at the size of the patch, so their patch stays.
    """
    where = "the memory of the graphics card" if device.memory.accelerated else "the memory"
    if plan.batch > 1:
        batch = plan.batch // 2
        words = f"{where} was full: {batch} {'image' if batch == 1 else 'images'} a step"
        return Retreat(replace(plan, batch=batch), device, words)
    patch = _half(plan) if target is Target.MASK else None
    if patch is not None:
        size = " x ".join(str(side) for side in patch)
        return Retreat(replace(plan, patch=patch), device, f"{where} was full: patches of {size}")
    if device.memory.accelerated:
        return Retreat(plan, on_cpu(device), f"{where} was full: on the processor, which is slower")
    return None


def on_cpu(device: Device) -> Device:
    """Return the CPU in place of an accelerator, in float32, with as much memory to plan with."""
    memory = Memory(device.memory.budget_bytes, accelerated=False)
    return replace(device, torch=torch.device("cpu"), title="CPU", memory=memory, half=False, channels_last=False)


def _half(plan: Plan) -> tuple[int, int, int] | None:
    """Shrink the patch to half its voxels or less; None where it is as small as its strides allow."""
    voxels = plan.patch[0] * plan.patch[1] * plan.patch[2]
    patch = plan.patch
    while 2 * patch[0] * patch[1] * patch[2] > voxels:
        smaller = shrink_patch(patch, plan.divisor)
        if smaller is None:
            break
        patch = smaller
    return None if patch == plan.patch else patch
