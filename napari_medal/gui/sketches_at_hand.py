"""What a task draws of the case at hand, and what of it is to be seen."""

from collections.abc import Sequence
from dataclasses import replace

from napari_medal.core.sketch import Sketch
from napari_medal.core.sketch_lines import SketchLines
from napari_medal.gui.sketched_masks import SketchedMasks


class SketchesAtHand:
    """The drawings of the label and of the prediction, by name; they are chosen once for both."""

    def __init__(self) -> None:
        self.seen: frozenset[str] = frozenset()
        """The names of what is to be seen."""
        self.wanted = SketchedMasks.LABEL
        """Whose drawings the reader wants, wherever there are both."""
        self.has_prediction = False
        """Whether there is a prediction that the reader may see."""
        self.label: tuple[Sketch, ...] = ()
        self.predicted: tuple[Sketch, ...] = ()
        self._seen_before: frozenset[str] = frozenset()
        self._wants_all = False
        """Everything that a task draws is to be seen, once it is known what that is."""

    @property
    def masks(self) -> SketchedMasks:
        """Whose drawings are shown: what is wanted, or of the label where that is all there is."""
        return self.wanted if self.has_prediction else SketchedMasks.LABEL

    @property
    def are_wanted(self) -> bool:
        """Whether any is to be seen."""
        return bool(self.seen) or self._wants_all

    @property
    def lines(self) -> tuple[SketchLines, ...]:
        """What is to be seen, as lines."""
        drawn = (
            (self.label, False, self.masks is not SketchedMasks.PREDICTION),
            (self.predicted, True, self.masks is not SketchedMasks.LABEL),
        )
        return tuple(
            SketchLines.of(sketch, is_prediction)
            for sketches, is_prediction, is_shown in drawn
            if is_shown
            for sketch in sketches
            if sketch.name in self.seen
        )

    def take_label(self, sketches: Sequence[Sketch]) -> None:
        """Know what the task draws of the label."""
        self.label = tuple(sketches)
        if self._wants_all:
            self._wants_all, self.seen = False, self._names()

    def toggle(self) -> None:
        """Hide what is seen, or show it again: what was seen last, or everything."""
        if self.seen:
            self._seen_before, self.seen = self.seen, frozenset()
        elif self.label:
            self.seen = self._seen_before or self._names()
        else:
            self._wants_all = True

    def empty(self) -> None:
        """Draw nothing of the last case; what it is called stays known."""
        self.label = tuple(replace(sketch, paths=(), points=None) for sketch in self.label)
        self.predicted = ()

    def _names(self) -> frozenset[str]:
        return frozenset(sketch.name for sketch in self.label)
