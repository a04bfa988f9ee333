"""The curves of a set, as a picture."""

import os
from pathlib import Path

import numpy as np

from benchmarks.active_learning.course import Course
from benchmarks.active_learning.sets import DataSet

_SIZE = (1100, 460)
_COLORS = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#bbbbbb", "#000000")


def draw_curves(data: DataSet, arms: dict[str, dict[int, Course]], full: float, folder: Path) -> Path:
    """Draw the mean figure of each arm against labels and minutes, with its standard error; return the file."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import pyqtgraph as pg

    application = pg.mkQApp()
    pg.setConfigOptions(background="w", foreground="k", antialias=True)
    board = pg.GraphicsLayoutWidget()
    board.resize(*_SIZE)
    for column, (what, title) in enumerate((("labels", "labels"), ("minutes", "simulated minutes after the first"))):
        plot = board.addPlot(row=0, col=column, title=data.name if column == 0 else "")
        plot.setLabel("bottom", title)
        plot.setLabel("left", "figure on the test cases")
        plot.getAxis("left").enableAutoSIPrefix(False)
        plot.addLine(y=full, pen=pg.mkPen("#888888", style=pg.QtCore.Qt.PenStyle.DashLine))
        if column == 0:
            plot.addLegend(offset=(-10, -10), labelTextColor="k")
        for number, (name, courses) in enumerate(arms.items()):
            rounds = min(len(course.rounds) for course in courses.values())
            spent = np.array([[getattr(row, what) for row in c.rounds[:rounds]] for c in courses.values()], dtype=float)
            figures = np.array([[row.figure for row in c.rounds[:rounds]] for c in courses.values()])
            pen = pg.mkPen(_COLORS[number % len(_COLORS)], width=2)
            error = figures.std(axis=0, ddof=1) / np.sqrt(len(figures)) if len(figures) > 1 else np.zeros(rounds)
            x, y = spent.mean(axis=0), figures.mean(axis=0)
            plot.addItem(pg.ErrorBarItem(x=x, y=y, height=2 * error, beam=0.2, pen=pen))
            plot.plot(x, y, pen=pen, symbol="o", symbolSize=5, symbolBrush=pen.color(), symbolPen=None, name=name)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"al-{data.name}.png"
    board.show()
    application.processEvents()
    board.grab().save(str(path))
    board.close()
    return path
