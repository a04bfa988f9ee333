"""Letters in the pixels of a picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_medal.core.volume import Volume

_LETTERS = 3
"""Two speckles in a row are common, three alike are not."""
_STROKE = 9
"""Strokes of a letter are thinner than this (pixels)."""
_HEIGHT = (5, 40)
_PROMINENCES = (0.25, 0.35, 0.5)
"""How far strokes stand out, as shares of the picture's range: letters on dark ground, and on bright tissue."""
_CONTRAST = 0.2
"""Between a letter and the brighter part of what surrounds it."""


@dataclass(frozen=True)
class _Glyph:
    """A connected mark that may be a letter: its box in pixels, and its brightness."""

    left: int
    right: int
    top: int
    bottom: int
    brightness: float

    @property
    def height(self) -> int:
        return self.bottom - self.top


def has_burnt_in_text(volume: Volume) -> bool:
    """Tell whether letters seem to stand in the pixels of a picture.

    Three thin bright marks of about the same height and brightness, side by side on one line, count as text; a word
    of two letters does not. What is dark on bright ground, or slanted, is not seen. In a volume of many slices text
    is looked for that stands in all of them.
    """
    picture = volume.array.min(axis=0).astype(np.float32)
    low, high = float(picture.min()), float(picture.max())
    if high <= low or min(picture.shape) < _STROKE:
        return False
    shares = (picture - low) / (high - low)
    return any(_longest_row(_glyphs(shares, prominence)) >= _LETTERS for prominence in _PROMINENCES)


def _glyphs(picture: npt.NDArray[np.float32], prominence: float) -> list[_Glyph]:
    """Return the marks of a (y, x) picture in shares of its range that may be letters, from left to right."""
    from scipy import ndimage

    strokes = ndimage.white_tophat(picture, size=(_STROKE, _STROKE)) > prominence
    marks, _ = ndimage.label(strokes, np.ones((3, 3)))
    found = (
        _as_glyph(picture, strokes, marks, number, box) for number, box in enumerate(ndimage.find_objects(marks), 1)
    )
    return sorted((glyph for glyph in found if glyph is not None), key=lambda glyph: (glyph.left, glyph.top))


def _as_glyph(
    picture: npt.NDArray[np.float32],
    strokes: npt.NDArray[np.bool_],
    marks: npt.NDArray[Any],
    number: int,
    box: tuple[slice, ...],
) -> _Glyph | None:
    """Return one mark as a letter if it has a letter's size, fills its box as one, and stands out."""
    rows, columns = box
    height, width = rows.stop - rows.start, columns.stop - columns.start
    if not _HEIGHT[0] <= height <= _HEIGHT[1] or width > 1.5 * height + 1:
        return None
    own = marks[box] == number
    if width >= 3 and not 0.2 <= np.count_nonzero(own) / own.size <= 0.9:
        return None
    wider = (slice(max(rows.start - 1, 0), rows.stop + 1), slice(max(columns.start - 1, 0), columns.stop + 1))
    ground = picture[wider][~strokes[wider]]
    brightness = float(np.percentile(picture[box][own], 90))
    if ground.size == 0 or brightness - float(np.percentile(ground, 75)) < _CONTRAST:
        return None
    return _Glyph(columns.start, columns.stop, rows.start, rows.stop, brightness)


def _longest_row(glyphs: Sequence[_Glyph]) -> int:
    """Return the length of the longest row of letters."""
    lengths: list[int] = []
    for number, glyph in enumerate(glyphs):
        before = (lengths[other] for other in range(number) if _follows(glyphs[other], glyph))
        lengths.append(1 + max(before, default=0))
    return max(lengths, default=0)


def _follows(left: _Glyph, right: _Glyph) -> bool:
    """Tell whether two marks may be neighbours in a word."""
    taller, smaller = max(left.height, right.height), min(left.height, right.height)
    return (
        0 <= right.left - left.right <= 0.9 * taller
        and abs(right.bottom - left.bottom) <= max(1.0, 0.2 * taller)
        and smaller >= 0.7 * taller
        and abs(left.brightness - right.brightness) <= 0.2 * max(left.brightness, right.brightness)
    )
