from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import nn

from napari_medal.core.plan import Memory, Plan
from napari_medal.core.target import Target
from napari_medal.engine.device import Device, choose_device
from napari_medal.engine.shortage import is_out_of_memory, on_cpu, retreat
from napari_medal.engine.train import train
from napari_medal.engine.training import Training
from napari_medal.errors import ModelError
from tests.engine.learning import tiny_training
from tests.small import SmallUNet, Watch

PLAN = Plan(None, (32, 64, 48), 8, (4, 8, 8), ((1, 2, 2), (2, 2, 2)), 2, 6, 4, 1e-3)
BUDGET = Memory(2**30, accelerated=True)


@pytest.fixture(scope="module")
def accelerator() -> Device:
    """The CPU in the part of a graphics card; it differs from the CPU by its number."""
    device = choose_device("cpu")
    return replace(device, torch=torch.device("cpu", 0), memory=BUDGET, half=False, threads=1)


class Allocator:
    """Counts what is asked of it, and says that memory ran out when it was told to."""

    def __init__(self, fails_at: frozenset[int]) -> None:
        self.fails_at = fails_at
        self.calls = 0
        self.shapes: list[tuple[int, ...]] = []

    def ask(self, tensor: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        if self.calls in self.fails_at:
            msg = "CUDA out of memory. Tried to allocate 20.00 MiB."
            raise torch.OutOfMemoryError(msg)
        return tensor


class _Hungry(nn.Module):
    """Asks the allocator on the way forward, and again on the way back."""

    def __init__(self, network: nn.Module, allocator: Allocator) -> None:
        super().__init__()
        self.network = network
        self._allocator = allocator

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        answer: torch.Tensor = self.network(self._allocator.ask(image))
        if self.training:
            self._allocator.shapes.append(tuple(image.shape))
            answer.register_hook(self._allocator.ask)
        return answer


def _hungry(device: Device, fails_at: frozenset[int], **changes: Any) -> tuple[Training, Allocator]:
    allocator = Allocator(fails_at)

    class Hungry(SmallUNet):
        def build(self, plan: Plan, channels: int, outputs: int) -> Any:
            return _Hungry(nn.Conv3d(channels, outputs, 1), allocator)

    training = tiny_training(device, Hungry())
    return replace(training, plan=replace(training.plan, **changes)), allocator


@given(fails_at=st.frozensets(st.integers(1, 16), max_size=5))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_training_ends_well_wherever_memory_runs_out(accelerator: Device, fails_at: frozenset[int]) -> None:
    training, allocator = _hungry(accelerator, fails_at, cold_steps=4)
    watch = Watch()
    members = train(training, watch)
    assert len(members) == 2
    assert all(torch.isfinite(tensor).all() for weights in members for tensor in weights.values())
    met = len([call for call in fails_at if call <= allocator.calls])
    assert len([text for text in dict.fromkeys(watch.texts) if "was full" in text]) == met
    assert sum(text.startswith("Training") for text in watch.texts) == 4 + met  # every step, and every retreat once


def test_it_takes_less_at_once_then_smaller_patches_then_the_cpu(accelerator: Device) -> None:
    training, _ = _hungry(accelerator, frozenset(range(1, 1000)))
    watch = Watch()
    with pytest.raises(ModelError, match="Choose another recipe"):
        train(training, watch)
    told = [text.removeprefix("Training (the memory of the graphics card was full: ") for text in watch.texts]
    assert told[:2] == ["1 image a step)", "patches of 12 x 12 x 14)"]
    assert told[-2:] == ["patches of 4 x 4 x 4)", "on the processor, which is slower)"]
    assert all(text.startswith("patches of") for text in told[1:-1])


def test_another_error_is_not_taken_for_a_lack_of_memory(accelerator: Device) -> None:
    training, allocator = _hungry(accelerator, frozenset())
    allocator.ask = lambda tensor: tensor.reshape(7, 11)  # type: ignore[method-assign]
    with pytest.raises(RuntimeError, match="shape"):
        train(training, Watch())


@given(
    batch=st.integers(1, 32),
    sides=st.tuples(*[st.integers(1, 12)] * 3),
    target=st.sampled_from(Target),
    cpu=st.booleans(),
)
def test_retreats_end_and_each_needs_less(
    accelerator: Device, batch: int, sides: tuple[int, int, int], target: Target, cpu: bool
) -> None:
    z, y, x = (side * step for side, step in zip(sides, PLAN.divisor, strict=True))
    plan = replace(PLAN, batch=batch, patch=(z, y, x))
    device = on_cpu(accelerator) if cpu else accelerator
    for _ in range(40):
        smaller = retreat(plan, device, target)
        if smaller is None:
            break
        need = plan.batch * plan.patch[0] * plan.patch[1] * plan.patch[2]
        less = smaller.plan.batch * smaller.plan.patch[0] * smaller.plan.patch[1] * smaller.plan.patch[2]
        assert less < need or (less == need and smaller.device != device)
        assert not any(side % step for side, step in zip(smaller.plan.patch, PLAN.divisor, strict=True))
        assert smaller.plan.patch == plan.patch or target is Target.MASK
        plan, device = smaller.plan, smaller.device
    assert retreat(plan, device, target) is None
    assert not device.memory.accelerated


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (torch.OutOfMemoryError("CUDA out of memory."), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 5.00 GB)"), True),
        (RuntimeError("[enforce fail at alloc_cpu.cpp:118] . DefaultCPUAllocator: can't allocate memory"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
    ],
)
def test_a_lack_of_memory_is_told_from_other_errors(error: RuntimeError, expected: bool) -> None:
    assert is_out_of_memory(error) is expected
