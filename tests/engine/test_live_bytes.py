import pytest
import torch
from torch import nn

from napari_medal.engine.live_bytes import LiveBytes


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_tensors_count_while_they_are_held_and_views_once(device: str) -> None:
    live = LiveBytes()
    with live:
        first = torch.zeros(1000, device=device)
        view = first.view(10, 100)[2:4]
        assert (live.now, live.peak) == (4000, 4000)
        second = first + 1
        assert live.now == 8000
        del second
        third = view + 1
        assert (live.now, live.peak) == (4800, 8000)
        third.add_(1)
        assert live.now == 4800
    del first
    assert live.now == 4800  # the view holds on to it
    del view, third
    assert live.now == 0


def test_a_step_holds_no_less_than_what_autograd_keeps_for_the_way_back() -> None:
    network = nn.Sequential(nn.Conv3d(1, 4, 3, padding=1), nn.InstanceNorm3d(4), nn.LeakyReLU(), nn.Conv3d(4, 2, 1))
    kept: dict[int, int] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    live = LiveBytes()
    with live, torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        answer = network(torch.zeros(2, 1, 8, 8, 8))
        after_forward = live.now
        torch.autograd.backward(answer.mean())
    own = {parameter.data_ptr() for parameter in network.parameters()}
    assert 0 < sum(size for at, size in kept.items() if at not in own) <= after_forward < live.peak
