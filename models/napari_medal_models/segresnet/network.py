"""The network of the SegResNet recipe."""

from collections.abc import Sequence

import torch
from monai.networks.nets.segresnet import SegResNet
from torch import nn

Sides = Sequence[int]
_Convolution = nn.Conv2d | nn.Conv3d


def planned_segresnet(
    dimensions: int,
    channels: int,
    outputs: int,
    width: int,
    strides: Sequence[Sides],
    kernels: Sequence[Sides],
    dropout: float = 0.0,
) -> nn.Module:
    """Build MONAI's SegResNet with a stride and a kernel of its own at each level.

    The names and, where nothing is coarse, the shapes of its weights are MONAI's.
    """
    levels = len(strides) + 1
    network = SegResNet(
        spatial_dims=dimensions,
        init_filters=width,
        in_channels=channels,
        out_channels=outputs,
        dropout_prob=dropout or None,
        blocks_down=(1, 2, 2, 4, 4)[:levels],
        blocks_up=(1,) * (levels - 1),
    )
    _narrow(network.convInit, kernels[0])
    for level, down in enumerate(network.down_layers):
        if level > 0:
            down[0].conv.stride = tuple(strides[level - 1])
        _narrow(down, kernels[level])
    for step, (sample, up) in enumerate(zip(network.up_samples, network.up_layers, strict=True)):
        level = levels - 2 - step
        sample[1] = nn.Upsample(
            scale_factor=tuple(float(side) for side in strides[level]),
            mode="trilinear" if dimensions == 3 else "bilinear",
            align_corners=False,
        )
        _narrow(up, kernels[level])
    return torch.nn.Module.train(network)


def _narrow(part: nn.Module, kernel: Sides) -> None:
    """Cut the convolutions of a part down to a kernel."""
    for module in part.modules():
        if not isinstance(module, _Convolution) or max(module.kernel_size) == 1:
            continue
        middle = [slice(None)] * 2 + [slice(0, 3) if side == 3 else slice(1, 2) for side in kernel]
        module.weight = nn.Parameter(module.weight.detach()[tuple(middle)].clone())
        module.kernel_size = tuple(kernel)
        module.padding = tuple(side // 2 for side in kernel)
