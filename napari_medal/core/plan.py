"""What the data look like, and what to do about it."""

from dataclasses import dataclass

from napari_medal.core.particulars import AS_THE_ENGINE_DOES, Particulars

Steps = tuple[tuple[int, int, int], ...]
"""One (z, y, x) for each resolution level."""


def whole_stride(strides: Steps) -> tuple[int, int, int]:
    """Return the down-sampling (z, y, x) from the finest level to the deepest one."""
    z = y = x = 1
    for stride in strides:
        z, y, x = z * stride[0], y * stride[1], x * stride[2]
    return z, y, x


@dataclass(frozen=True)
class Intensities:
    """The intensities of a channel that has a unit, such as CT in Hounsfield units, over the cases.

    Args:
        low: 0.5th percentile inside the labels.
        high: 99.5th percentile.
        mean: Mean of what lies between.
        deviation: Standard deviation of the same.
    """

    low: float
    high: float
    mean: float
    deviation: float


@dataclass(frozen=True)
class ValueScale:
    """What the values of a task that measures are standardised with, in their own unit."""

    mean: float
    deviation: float


@dataclass(frozen=True)
class Fingerprint:
    """The properties of a set of cases that decide how a network is fed.

    Args:
        cases: Number of cases looked at.
        channels: Channels of each case.
        spacing_mm: Median spacing (z, y, x).
        median_shape: Median shape in voxels (z, y, x).
        largest_shape: Largest shape in voxels along each axis.
        planar: Whether every case is a single slice.
        intensities: One for each channel; None where the channel has no unit, as in MR. Empty means that none has.
        names: What the channels are called, such as "FLAIR"; "" where nothing says it. Empty means that none has one.
    """

    cases: int
    channels: int
    spacing_mm: tuple[float, float, float]
    median_shape: tuple[int, int, int]
    largest_shape: tuple[int, int, int]
    planar: bool
    intensities: tuple[Intensities | None, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Memory:
    """Bytes that a training step may take, and whether they are on an accelerator."""

    budget_bytes: int
    accelerated: bool


@dataclass(frozen=True)
class Plan:
    """How a recipe feeds and trains its network on one kind of data.

    Args:
        spacing_mm: Spacing (z, y, x) that images are resampled to; None keeps each case's own grid.
        patch: Voxels (z, y, x) of a training patch; z is 1 for 2D images.
        batch: Patches in an optimiser step.
        widths: Channels at each resolution level.
        strides: Down-sampling (z, y, x) into each level after the first.
        members: Snapshots kept of one training; they are the ensemble.
        cold_steps: Optimiser steps when training starts from random weights.
        warm_steps: Optimiser steps when it starts from the live model.
        learning_rate: Peak learning rate of a cold start; a warm start takes 0.6 of it.
        kernels: Convolution kernel (z, y, x) at each resolution level; empty means 3 everywhere.
        intensities: What each channel is normalised with; None, or nothing, normalises each volume by itself.
        foreground: Share of the patches that are centred on a labelled voxel.
        dropout: Share of features that are dropped while training.
        value_scale: What a network that answers with a value was taught in; None for masks and classes.
        particulars: What the recipe does in its own way.
    """

    spacing_mm: tuple[float, float, float] | None
    patch: tuple[int, int, int]
    batch: int
    widths: tuple[int, ...]
    strides: Steps
    members: int
    cold_steps: int
    warm_steps: int
    learning_rate: float
    kernels: Steps = ()
    intensities: tuple[Intensities | None, ...] = ()
    foreground: float = 1 / 3
    dropout: float = 0.0
    value_scale: ValueScale | None = None
    particulars: Particulars = AS_THE_ENGINE_DOES

    @property
    def divisor(self) -> tuple[int, int, int]:
        """What each side of an input must be divisible by."""
        return whole_stride(self.strides)

    def kernel(self, level: int) -> tuple[int, int, int]:
        """Return the convolution kernel (z, y, x) at a resolution level, 0 being the finest."""
        return self.kernels[level] if self.kernels else (3, 3, 3)

    @property
    def dimensions(self) -> int:
        """Dimensions of the network: 2 for patches of a single slice, else 3."""
        return 2 if self.patch[0] == 1 else 3

    @property
    def level_kernels(self) -> tuple[tuple[int, ...], ...]:
        """Convolution kernel at each resolution level, one number for each dimension of the network."""
        return tuple(self.kernel(level)[-self.dimensions :] for level in range(len(self.widths)))

    @property
    def level_strides(self) -> tuple[tuple[int, ...], ...]:
        """Down-sampling into each level after the first, one number for each dimension of the network."""
        return tuple(stride[-self.dimensions :] for stride in self.strides)

    def continues(self, other: "Plan") -> bool:
        """Tell whether weights that were trained by another plan fit this one, and mean the same in it."""
        return self._sees == other._sees

    @property
    def _sees(self) -> tuple[object, ...]:
        """What weights depend on: the network, and what it is shown."""
        own = self.particulars
        network = (self.widths, self.strides, self.level_kernels, self.dimensions)
        return (*network, self.spacing_mm, self.intensities, own.window, own.looks_at)
