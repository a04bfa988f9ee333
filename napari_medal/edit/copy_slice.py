"""Copy the label from the slice next door."""

from dataclasses import dataclass

from napari_medal.core.drawing import Drawing
from napari_medal.core.progress import Progress
from napari_medal.core.stroke import Stroke
from napari_medal.core.tool import Option, option
from napari_medal.edit.chosen_label import chosen_label
from napari_medal.edit.extent import Extent
from napari_medal.edit.nothing import nothing
from napari_medal.edit.redraw import redraw
from napari_medal.errors import DrawingError


@dataclass(frozen=True)
class CopySlice:
    """Draws in the slice at hand what is drawn in the one before or after it.

    Args:
        step: How many slices away the other one is; negative is before.
    """

    name: str
    title: str
    tip: str
    step: int
    group: str = "Slices"
    replace: bool = option(True, Option("Replace", "Take away what this slice holds of the label; otherwise add to it"))

    def apply(self, drawing: Drawing, progress: Progress) -> Stroke:
        """Return the copied label."""
        label = chosen_label(drawing)
        axis, number = drawing.axis, drawing.index[drawing.axis]
        if not 0 <= number + self.step < drawing.grid.shape[axis]:
            msg = "There is no such slice: this is the last one in that direction."
            raise DrawingError(msg)
        progress.check()
        here = Extent.SLICE.region(drawing)
        source = here.at_slice(axis, number + self.step)
        wanted = source.of(drawing.mask) == label
        if not wanted.any():
            return nothing(self.title)
        before = here.of(drawing.mask)
        after = redraw(before, label, wanted if self.replace else wanted | (before == label))
        return here.stroke(drawing, after, self.title)


BEFORE = CopySlice("copy-before", "Copy before", "Draw the label as it is in the slice before this one", -1)
AFTER = CopySlice("copy-after", "Copy after", "Draw the label as it is in the slice after this one", 1)
