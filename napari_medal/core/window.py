"""Which intensities are shown from black to white."""

from dataclasses import dataclass

import numpy as np

from napari_medal.types import ImageArray

_PIXELS_FOR_THE_WIDTH = 250.0
"""A drag over so many pixels changes width or level by the width that it began with."""

_SAMPLES = 1_000_000

_MOST_NARROW = 1e-3
"""Of the width that a drag began with."""


@dataclass(frozen=True)
class Window:
    """Intensities from black (`low`) to white (`high`)."""

    low: float
    high: float

    @classmethod
    def of(cls, level: float, width: float) -> "Window":
        """Make a window from its middle and its width."""
        return cls(level - width / 2, level + width / 2)

    @property
    def level(self) -> float:
        """The intensity in the middle."""
        return (self.low + self.high) / 2

    @property
    def width(self) -> float:
        """The distance from black to white."""
        return self.high - self.low

    def dragged(self, right_px: float, down_px: float) -> "Window":
        """Return the window after a drag that began with this one: rightwards wider, downwards darker."""
        step = self.width / _PIXELS_FOR_THE_WIDTH
        width = max(self.width + right_px * step, self.width * _MOST_NARROW)
        return Window.of(self.level + down_px * step, width)


@dataclass(frozen=True)
class CtPreset:
    """A window in Hounsfield units for one kind of tissue."""

    title: str
    level: float
    width: float

    @property
    def window(self) -> Window:
        """The window."""
        return Window.of(self.level, self.width)


CT_PRESETS = (
    CtPreset("Lung", -600.0, 1500.0),
    CtPreset("Bone", 400.0, 1800.0),
    CtPreset("Brain", 40.0, 80.0),
    CtPreset("Soft tissue", 50.0, 400.0),
    CtPreset("Liver", 30.0, 150.0),
)
"""Levels and widths of "Windowing (CT)", Radiopaedia.org, https://radiopaedia.org/articles/windowing-ct."""


def robust_window(array: ImageArray, low_percent: float = 1.0, high_percent: float = 99.5) -> Window:
    """Return two percentiles of the voxels above the lowest value: air does not count.

    Large volumes are sampled, which moves a percentile by far less than an eye can see.
    """
    stride = max(1, array.size // _SAMPLES)
    values = array.reshape(-1)[::stride]
    inside = values[values > values.min()]
    if inside.size == 0:
        return Window(float(values[0]), float(values[0]) + 1.0)
    low, high = np.percentile(inside, (low_percent, high_percent))
    return Window(float(low), float(high) if high > low else float(low) + 1.0)
