"""A picture of intervals, panel beside panel."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from napari_medal.core.evaluation import Interval

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

COLORS = ("#e6550d", "#3182bd")
"""Of the first and the second interval of a row."""
_ROW, _PANEL, _MARGIN, _GAP, _DOT = 26, 240, 16, 24, 4
_INK, _PALE = "#222222", "#d9d9d9"
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_SIZE = 14


@dataclass(frozen=True)
class Panel:
    """Intervals between 0 and 1.

    Args:
        title: What is above it.
        rows: For each row one interval or more; nan ones are not drawn.
    """

    title: str
    rows: tuple[tuple[Interval, ...], ...]


def interval_plot(path: Path, names: Sequence[str], panels: Sequence[Panel], legend: Sequence[str]) -> None:
    """Draw a dot and a line for each interval, with rows named at the left, as a PNG.

    Args:
        path: The picture.
        names: Of the rows.
        panels: From left to right, each with as many rows.
        legend: What the first and the second interval of a row are.
    """
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(_SIZE)
    left = _MARGIN + int(max((font.getlength(name) for name in names), default=0)) + _GAP
    width = left + len(panels) * (_PANEL + _GAP)
    top = 3 * _ROW
    image = Image.new("RGB", (width, top + _ROW * (len(names) + 2)), "white")
    draw = ImageDraw.Draw(image)
    draw.font = font
    at = float(_MARGIN)
    for word, color in zip(legend, COLORS, strict=False):
        draw.ellipse(_dot(at + _DOT, _ROW / 2), fill=color)
        draw.text((at + 3 * _DOT, _ROW / 2), word, fill=_INK, anchor="lm")
        at += 3 * _DOT + font.getlength(word) + _GAP
    for row, name in enumerate(names):
        draw.text((left - _GAP, top + (row + 0.5) * _ROW), name, fill=_INK, anchor="rm")
    for place, panel in enumerate(panels):
        _draw_panel(draw, panel, left + place * (_PANEL + _GAP), top)
    image.save(path, format="PNG")


def _draw_panel(draw: "ImageDraw", panel: Panel, left: float, top: float) -> None:
    bottom = top + _ROW * len(panel.rows)
    draw.text((left + _PANEL / 2, top - _ROW), panel.title, fill=_INK, anchor="mm")
    for tick in _TICKS:
        x = left + tick * _PANEL
        draw.line((x, top, x, bottom), fill=_INK if tick == 0.5 else _PALE)
        draw.text((x, bottom + _ROW / 2), f"{tick:g}", fill=_INK, anchor="mm")
    for row, intervals in enumerate(panel.rows):
        for place, (interval, color) in enumerate(zip(intervals, COLORS, strict=False)):
            if math.isnan(interval.value):
                continue
            y = top + _ROW * (row + (place + 1) / (len(intervals) + 1))
            draw.line((left + interval.low * _PANEL, y, left + interval.high * _PANEL, y), fill=color, width=2)
            draw.ellipse(_dot(left + interval.value * _PANEL, y), fill=color)


def _dot(x: float, y: float) -> tuple[float, float, float, float]:
    return x - _DOT, y - _DOT, x + _DOT, y + _DOT
