"""Keep one of several candidates, by what the model thinks of them."""

from dataclasses import dataclass

import numpy as np

from napari_medal.core.drawing import Drawing
from napari_medal.core.progress import Progress
from napari_medal.core.stroke import Stroke
from napari_medal.core.tool import Option, option
from napari_medal.edit.islands import Islands
from napari_medal.edit.label_probability import label_probability
from napari_medal.edit.nothing import nothing
from napari_medal.edit.redraw import redraw
from napari_medal.errors import DrawingError

_DECIMALS = 6


@dataclass(frozen=True)
class PickCandidate:
    """Ranks the islands of the label by their mean probability and keeps one."""

    name: str = "pick-candidate"
    title: str = "Pick by rank"
    tip: str = "Keep one separate part of the label: the one that the model finds most probable, or the next"
    group: str = "Islands"
    place: int = option(1, Option("Place", "1 is the most probable part, 2 the next", 1, 100, 1))

    def apply(self, drawing: Drawing, progress: Progress) -> Stroke:
        """Return what is removed.

        Raises:
            DrawingError: There are no probabilities, or fewer parts.
        """
        probability = label_probability(drawing)
        islands = Islands.of_label(drawing)
        if islands is None:
            return nothing(self.title)
        progress.check()
        if self.place > islands.count:
            msg = f"There are {islands.count} separate parts; choose a place from 1 to {islands.count}."
            raise DrawingError(msg)
        sums = np.bincount(islands.numbers.reshape(-1), weights=islands.region.of(probability).reshape(-1))
        sums[0] = 0.0
        means = np.round(sums / np.maximum(islands.sizes, 1), _DECIMALS)
        keep = np.zeros(islands.count + 1, dtype=np.bool_)
        keep[islands.ranked(means, drawing)[self.place - 1]] = True
        before = islands.region.of(drawing.mask)
        return islands.region.stroke(drawing, redraw(before, drawing.label, islands.marked(keep)), self.title)


TOOL = PickCandidate()
