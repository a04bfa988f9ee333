"""How images and weights lie in memory."""

from typing import TypeVar, overload

import torch
from torch import nn

N = TypeVar("N", bound=nn.Module)

_CHANNELS_LAST = {4: torch.channels_last, 5: torch.channels_last_3d}


@overload
def lay_out(what: N, channels_last: bool) -> N: ...
@overload
def lay_out(what: torch.Tensor, channels_last: bool) -> torch.Tensor: ...
def lay_out(what: nn.Module | torch.Tensor, channels_last: bool) -> nn.Module | torch.Tensor:
    """Lay an image batch, or the weights of a network in place, out with the channels of a voxel side by side.

    Only the order in memory changes; shapes and values stay.
    """
    if isinstance(what, torch.Tensor):
        return _laid_out(what, channels_last)
    for parameter in what.parameters():
        parameter.data = _laid_out(parameter.data, channels_last)
    return what


def _laid_out(tensor: torch.Tensor, channels_last: bool) -> torch.Tensor:
    if not channels_last or tensor.ndim not in _CHANNELS_LAST:
        return tensor
    return tensor.contiguous(memory_format=_CHANNELS_LAST[tensor.ndim])
