import time
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

from napari_medal.core.progress import Silent
from napari_medal.engine.device import Device, choose_device
from napari_medal.engine.layout import lay_out
from napari_medal.engine.probe import Trial, probe
from napari_medal.engine.train import train
from napari_medal.errors import JobCancelled
from tests.engine.learning import MEMORY, VOLUMES, tiny_training
from tests.small import UNET, Watch, cancel_at

PLAN = UNET.plan(VOLUMES, MEMORY)


@pytest.fixture(scope="module")
def device() -> Device:
    return replace(choose_device("cpu"), half=True, threads=1)


class _Slow(nn.Module):
    """Takes longer in one way, and may refuse another."""

    def __init__(self, seconds: Any) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1, 1, 1, 1, 1))
        self.calls: list[tuple[bool, bool]] = []
        self._seconds = seconds

    def __deepcopy__(self, memo: Any) -> "_Slow":
        copied = _Slow(self._seconds)
        copied.calls = self.calls
        return copied

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        image = torch.cat([image, image], dim=1) if image.shape[1] == 1 else image
        way = torch.is_autocast_enabled("cpu"), self.channels_last
        self.calls.append(way)
        until = time.perf_counter() + self._seconds(*way)
        while time.perf_counter() < until:
            pass
        return image * self.weight

    @property
    def channels_last(self) -> bool:
        return len(self.calls) % 2 == 1  # the ways alternate between the layouts


def _trial(name: str, network: nn.Module, steps: int = 200) -> Trial:
    return Trial(name, network, PLAN, 1, steps)


@pytest.mark.parametrize("best", [(True, False), (True, True), (False, False), (False, True)])
def test_the_quickest_way_is_taken(device: Device, best: tuple[bool, bool]) -> None:
    network = _Slow(lambda *way: 0.002 if way == best else 0.02)
    found = probe(_trial(f"slow {best}", network), device, Silent())
    assert (found.half, found.channels_last) == best


def test_a_small_difference_changes_nothing(device: Device) -> None:
    network = _Slow(lambda half, last: 0.019 if last else 0.02)
    assert probe(_trial("even", network, steps=1000), device, Silent()) == device


def test_what_does_not_work_is_not_taken(device: Device) -> None:
    def seconds(half: bool, last: bool) -> float:
        if half:
            msg = "not implemented for 'BFloat16'"
            raise RuntimeError(msg)
        return 0.001

    assert not probe(_trial("broken", _Slow(seconds)), device, Silent()).half


def test_without_bfloat16_units_it_is_not_tried(device: Device) -> None:
    network = _Slow(lambda *way: 0.001)
    probe(_trial("plain", network), replace(device, half=False), Silent())
    assert {half for half, _ in network.calls} == {False}


def test_a_short_training_is_not_probed(device: Device) -> None:
    network = _Slow(lambda *way: 0.001)
    assert probe(_trial("short", network, steps=100), device, Silent()) == device
    assert not network.calls


def test_the_answer_is_kept(device: Device) -> None:
    network = _Slow(lambda *way: 0.001)
    first = probe(_trial("kept", network), device, Silent())
    calls = len(network.calls)
    assert probe(_trial("kept", network), device, Silent()) == first
    assert len(network.calls) == calls > 0


def test_cancel_is_answered(device: Device) -> None:
    with pytest.raises(JobCancelled):
        probe(_trial("cancelled", _Slow(lambda *way: 0.001)), device, cancel_at(3))


def test_a_probe_leaves_network_and_generator_as_they_are(device: Device) -> None:
    network = UNET.build(PLAN, 1, 2)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    torch.manual_seed(1)
    wanted = torch.rand(1)
    torch.manual_seed(1)
    probe(_trial("unet probed", network), device, Silent())
    assert torch.equal(torch.rand(1), wanted)
    assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (2, 3, 4, 5, 6)])
def test_a_layout_changes_the_order_alone(shape: tuple[int, ...]) -> None:
    image = torch.rand(shape)
    turned = lay_out(image, channels_last=True)
    assert torch.equal(image, turned)
    assert turned.stride()[1] == 1
    assert lay_out(image, channels_last=False).stride() == image.stride()


def test_training_in_the_other_layout_gives_the_same_model(device: Device) -> None:
    plain = replace(device, half=False)
    one = train(tiny_training(plain), Watch())
    other = train(tiny_training(replace(plain, channels_last=True)), Watch())
    for first, second in zip(one, other, strict=True):
        assert all(torch.allclose(first[name], second[name], atol=2e-3) for name in first)
