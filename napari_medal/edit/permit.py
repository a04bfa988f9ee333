"""Where a reader allows a label to be drawn."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_medal.core.stroke import Stroke
from napari_medal.types import ImageArray, LabelArray


@dataclass(frozen=True)
class Permit:
    """What brushes and tools may change; the "editable area" and "editable intensity range" of 3D Slicer.

    Args:
        protected: Label values that nothing is drawn over.
        window: Lowest and highest intensity that is drawn on; None for all.
        is_closed: Whether nothing at all is drawn, as while a tool is at work.
    """

    protected: frozenset[int] = frozenset()
    window: tuple[float, float] | None = None
    is_closed: bool = False

    @property
    def is_open(self) -> bool:
        """Whether everything is allowed."""
        return not self.protected and self.window is None and not self.is_closed

    def allows(self, values: LabelArray, intensities: ImageArray) -> npt.NDArray[np.bool_]:
        """Tell for each voxel whether it may be changed.

        Args:
            values: Label values that are there.
            intensities: Of the image, in the same shape.
        """
        allowed = np.full(values.shape, not self.is_closed, dtype=np.bool_)
        if self.protected:
            allowed &= ~np.isin(values, list(self.protected))
        if self.window is not None:
            low, high = self.window
            allowed &= (intensities >= low) & (intensities <= high)
        return allowed

    def limit(self, stroke: Stroke, image: ImageArray) -> Stroke:
        """Return the part of a stroke that is allowed; `image` is (Z, Y, X)."""
        return stroke if self.is_open else stroke.only(self.allows(stroke.before, stroke.values_of(image)))
