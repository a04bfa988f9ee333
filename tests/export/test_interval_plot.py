import math
from pathlib import Path

import numpy as np
from PIL import Image

from napari_medal.core.evaluation import Interval
from napari_medal.export.interval_plot import COLORS, Panel, interval_plot

NAN = Interval(math.nan, math.nan, math.nan)


def drawn(folder: Path, *rows: tuple[Interval, ...]) -> np.ndarray:
    path = folder / "plot.png"
    interval_plot(path, [f"row {place}" for place in range(len(rows))], [Panel("AUC", rows)], ["one", "two"])
    with Image.open(path) as picture:
        return np.asarray(picture)


def where(pixels: np.ndarray, color: str) -> np.ndarray:
    """Columns of the plot's body that hold a colour."""
    wanted = [int(color[at : at + 2], 16) for at in (1, 3, 5)]
    return np.unique(np.nonzero((pixels[60:] == wanted).all(axis=2))[1])


def test_each_interval_is_drawn_where_it_lies(tmp_path: Path):
    pixels = drawn(tmp_path, (Interval(0.5, 0.25, 0.75), Interval(0.9, 0.8, 1.0)))
    first, second = (where(pixels, color) for color in COLORS)
    middle = first.mean()
    assert np.ptp(first) == 120
    assert second.min() - middle > 60
    assert abs(second.min() - (middle + 0.3 * 240)) < 2


def test_what_is_not_known_is_not_drawn(tmp_path: Path):
    pixels = drawn(tmp_path, (NAN, Interval(0.5, 0.4, 0.6)), (NAN, NAN))
    assert where(pixels, COLORS[0]).size == 0
    assert where(pixels, COLORS[1]).size > 0


def test_more_rows_make_a_higher_picture(tmp_path: Path):
    one, three = drawn(tmp_path, (NAN,)), drawn(tmp_path, (NAN,), (NAN,), (NAN,))
    assert len(three) - len(one) == 52
