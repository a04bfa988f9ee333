"""Loosen or tighten a label by the model's probability."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from napari_medal.core.drawing import Drawing
from napari_medal.core.progress import Progress
from napari_medal.core.shares import Shares
from napari_medal.core.stroke import Stroke
from napari_medal.core.tool import Option, option
from napari_medal.edit.islands import Islands
from napari_medal.edit.label_probability import label_probability
from napari_medal.edit.nothing import nothing
from napari_medal.edit.redraw import redraw
from napari_medal.edit.region import Region
from napari_medal.types import FloatArray


class Rival(StrEnum):
    """What the label's probability is weighed against."""

    BACKGROUND = "The background"
    ALL = "All other labels"


@dataclass(frozen=True)
class Threshold:
    """Draws the label where the model is at least so sure of it; other labels stay."""

    name: str = "threshold"
    title: str = "Loosen / tighten"
    tip: str = "Draw the label where the model is at least so sure of it: less is looser, more is tighter"
    group: str = "Model"
    level: float = option(
        0.5, Option("Level", "How sure the model has to be; each move is drawn at once", 0.0, 1.0, 0.01, is_live=True)
    )
    rival: Rival = option(Rival.BACKGROUND, Option("Against", "What the label has to prevail over"))
    touching: bool = option(True, Option("Only what is drawn", "Leave out parts that do not touch the label as drawn"))
    reach_mm: float = option(
        20.0, Option("At most", "How far beyond the box of what is drawn a touching part goes", 0.0, 1000.0, 5.0, "mm")
    )

    def apply(self, drawing: Drawing, progress: Progress) -> Stroke:
        """Return the label at the level.

        Raises:
            DrawingError: The model's probabilities of this case were not kept.
        """
        probability = label_probability(drawing)
        region = self._region(drawing, probability)
        if region is None:
            return nothing(self.title)
        progress.check()
        before = region.of(drawing.mask)
        own = before == drawing.label
        wanted = self._is_sure(drawing, probability, region) & ((before == 0) | own)
        if self.touching:
            islands = Islands.of_shape(region, wanted | own)
            touched = np.zeros(islands.count + 1, dtype=np.bool_)
            touched[np.unique(islands.numbers[own])] = True
            wanted &= islands.marked(touched)
        progress.check()
        return region.stroke(drawing, redraw(before, drawing.label, wanted), self.title)

    def _region(self, drawing: Drawing, probability: FloatArray | Shares) -> Region | None:
        """Return where the label may change."""
        own = Region.of_labels(drawing, (drawing.label,))
        if self.touching:
            return None if own is None else own.widened(self.reach_mm)
        whole = Region.whole(drawing.grid)
        planes = (
            self._is_sure(drawing, probability, whole.at_slice(0, number))[0] for number in range(drawing.grid.shape[0])
        )
        sure = whole.of_true(planes)
        return own if sure is None else sure.joined(own)

    def _is_sure(self, drawing: Drawing, probability: FloatArray | Shares, region: Region) -> npt.NDArray[np.bool_]:
        """Tell where in a region the probability reaches the level."""
        own = region.of(probability)
        if self.rival is Rival.ALL or drawing.probabilities is None:
            return np.asarray(own >= self.level)
        return np.asarray(own >= self.level * (own + region.of(drawing.probabilities[0])))


TOOL = Threshold()
