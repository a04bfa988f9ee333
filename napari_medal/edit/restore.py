"""Take a region back from the prediction."""

from dataclasses import dataclass
from enum import StrEnum

from napari_medal.core.drawing import Drawing
from napari_medal.core.progress import Progress
from napari_medal.core.stroke import Stroke
from napari_medal.core.tool import Option, option
from napari_medal.edit.extent import Extent
from napari_medal.edit.islands import Islands
from napari_medal.edit.nothing import nothing
from napari_medal.edit.region import Region
from napari_medal.errors import DrawingError
from napari_medal.types import LabelArray


class Part(StrEnum):
    """What is taken back."""

    SLICE = "This slice"
    ISLAND = "The part under the crosshair"
    EVERYTHING = "Everything"


@dataclass(frozen=True)
class Restore:
    """Puts the model's prediction, all labels of it, back in place of what was drawn."""

    name: str = "restore"
    title: str = "Back to model"
    tip: str = "Take a part of the mask back to what the model predicts, all labels of it"
    group: str = "Model"
    part: Part = option(Part.SLICE, Option("What", "A part under the crosshair is one as drawn or as predicted"))

    def apply(self, drawing: Drawing, progress: Progress) -> Stroke:
        """Return the prediction where it differs.

        Raises:
            DrawingError: There is no prediction, or nothing under the crosshair.
        """
        prediction = drawing.prediction
        if prediction is None:
            msg = "There is no prediction of this case yet; train a model first."
            raise DrawingError(msg)
        if self.part is Part.ISLAND:
            return self._island(drawing, prediction, progress)
        extent = Extent.SLICE if self.part is Part.SLICE else Extent.VOLUME
        region = extent.region(drawing)
        progress.check()
        differing = region.of_true(region.of(drawing.mask) != region.of(prediction))
        if differing is None:
            return nothing(self.title)
        return differing.stroke(drawing, differing.of(prediction), self.title)

    def _island(self, drawing: Drawing, prediction: LabelArray, progress: Progress) -> Stroke:
        """Restore the voxels that belong together under the crosshair, in the drawing and the prediction."""
        value = int(drawing.mask[drawing.index] or prediction[drawing.index])
        if value == 0:
            msg = "Nothing is drawn and nothing predicted under the crosshair; move it onto the part that you mean."
            raise DrawingError(msg)
        whole = Region.whole(drawing.grid)
        drawn, predicted = whole.of_true(drawing.mask, (value,)), whole.of_true(prediction, (value,))
        region = (predicted or whole).joined(drawn) if drawn is not None else predicted or whole
        progress.check()
        before, wanted = region.of(drawing.mask), region.of(prediction)
        islands = Islands.of_shape(region, (before == value) | (wanted == value))
        after = before.copy()
        inside = islands.numbers == islands.numbers[region.place(drawing.index)]
        after[inside] = wanted[inside]
        return region.stroke(drawing, after, self.title)


TOOL = Restore()
