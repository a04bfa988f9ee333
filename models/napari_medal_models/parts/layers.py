"""The layers that convolutional networks for masks are made of, in two or three dimensions."""

from collections.abc import Sequence

from torch import nn

Sides = Sequence[int]


class Layers:
    """Makes layers of one number of dimensions: instance norm, and leaky ReLU of slope 0.01, as nnU-Net has them.

    Args:
        dimensions: 2 or 3.
    """

    def __init__(self, dimensions: int) -> None:
        self._convolution = nn.Conv3d if dimensions == 3 else nn.Conv2d
        self._transposed = nn.ConvTranspose3d if dimensions == 3 else nn.ConvTranspose2d
        self._norm = nn.InstanceNorm3d if dimensions == 3 else nn.InstanceNorm2d
        self._pool = nn.AvgPool3d if dimensions == 3 else nn.AvgPool2d
        self._drop = nn.Dropout3d if dimensions == 3 else nn.Dropout2d
        self._ones = (1,) * dimensions

    def convolution(self, channels: int, width: int, kernel: Sides, stride: Sides | None = None) -> nn.Sequential:
        """Return a convolution, its norm and the activation."""
        return nn.Sequential(*self.normed(channels, width, kernel, stride), self.activation())

    def normed(self, channels: int, width: int, kernel: Sides, stride: Sides | None = None) -> nn.Sequential:
        """Return a convolution and its norm."""
        step = self._ones if stride is None else tuple(stride)
        around = tuple(side // 2 for side in kernel)
        return nn.Sequential(
            self._convolution(channels, width, tuple(kernel), step, around, bias=False),  # type: ignore[arg-type]
            self._norm(width, affine=True),
        )

    def activation(self) -> nn.Module:
        """Return the activation."""
        return nn.LeakyReLU(0.01, inplace=True)

    def plain(self, channels: int, width: int) -> nn.Module:
        """Return a convolution over channels alone."""
        return self._convolution(channels, width, 1)

    def enlargement(self, channels: int, width: int, stride: Sides) -> nn.Module:
        """Return a transposed convolution that undoes a stride."""
        return self._transposed(channels, width, tuple(stride), tuple(stride))  # type: ignore[arg-type]

    def pool(self, stride: Sides) -> nn.Module:
        """Return the mean over each step of a stride."""
        return self._pool(tuple(stride), tuple(stride))  # type: ignore[arg-type]

    def dropout(self, share: float) -> nn.Module:
        """Return what drops a share of the channels while training."""
        return self._drop(share)
