"""Random strokes, and a reader's work on a small mask as a plain model of what a journal must come to."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from napari_medal.catalogue.journal_record import Kind, Record
from napari_medal.catalogue.journal_replay import STEPS_KEPT, stroke_record
from napari_medal.core.stroke import Stroke
from napari_medal.types import LabelArray


def random_stroke(rng: np.random.Generator, mask: LabelArray, labels: int = 2) -> Stroke:
    """Return a box of one label in a random place, as a stroke on a mask; at times it changes nothing."""
    after = mask.copy()
    low = [int(rng.integers(0, size)) for size in mask.shape]
    box = tuple(slice(start, start + int(rng.integers(1, 6))) for start in low)
    after[box] = rng.integers(0, labels + 1)
    whole = (slice(0, mask.shape[0]), slice(0, mask.shape[1]), slice(0, mask.shape[2]))
    return Stroke.between(mask, after, whole, mask.shape, "Brush")


@dataclass
class Model:
    """What a reader sees: whole masks, kept before each step."""

    mask: LabelArray
    undo: deque[LabelArray] = field(default_factory=lambda: deque(maxlen=STEPS_KEPT))
    redo: deque[LabelArray] = field(default_factory=lambda: deque(maxlen=STEPS_KEPT))

    def draw(self, stroke: Stroke) -> None:
        self.undo.append(self.mask.copy())
        self.redo.clear()
        stroke.apply(self.mask)

    def step(self, rng: np.random.Generator, seconds: float = 0.0) -> Record:
        """Do something at random, and return its record."""
        wish = rng.choice([Kind.STROKE, Kind.UNDO, Kind.REDO], p=[0.6, 0.25, 0.15])
        if wish == Kind.UNDO and self.undo:
            self.redo.append(self.mask)
            self.mask = self.undo.pop()
            return Record(Kind.UNDO, seconds)
        if wish == Kind.REDO and self.redo:
            self.undo.append(self.mask)
            self.mask = self.redo.pop()
            return Record(Kind.REDO, seconds)
        stroke = random_stroke(rng, self.mask)
        self.draw(stroke)
        return stroke_record(stroke, seconds)
