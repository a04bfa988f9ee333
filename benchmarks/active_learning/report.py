"""What the runs say, as tables with a verdict on each arm."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.active_learning.arms import ARMS
from benchmarks.active_learning.course import Course
from benchmarks.active_learning.pieces import full_figures, place
from benchmarks.active_learning.plots import draw_curves
from benchmarks.active_learning.run import WATCHED
from benchmarks.active_learning.sets import DataSet
from benchmarks.active_learning.tables import write_tables
from benchmarks.active_learning.verdict import Contrast, contrasts, ratio, reached
from napari_medal.core.evaluation import Interval

_MANY_SEEDS = 64
_TARGETS = (0.95, 0.98, 0.99)
_SHARES = (0.80, 0.85, 0.90, 0.95, 0.98)
_YARDSTICK = "mean-entropy"


def report(data: DataSet, results: Path, plots: Path | None = None, tables: Path | None = None) -> str:
    """Return the figures of a set in Markdown; draw its curves and write its tables where folders are given."""
    arms = _found(data, results)
    full = float(np.mean(full_figures(results, data))) if full_figures(results, data) else float("nan")
    baseline = arms.get(data.baseline)
    if not baseline:
        return f"### {data.name}\n\nNothing of the baseline '{data.baseline}' yet."
    if plots is not None:
        draw_curves(data, arms, full, plots)
    if tables is not None:
        write_tables(data, arms, tables)
    end = next(iter(baseline.values())).rounds[-1]
    lines = [
        f"### {data.name}",
        "",
        f"Whole pool: {full:.3f}. From {next(iter(baseline.values())).rounds[0].labels} to {end.labels} labels; "
        f"baseline: {data.baseline}.",
        "",
        *_standings(data, arms, full),
        "",
        *_savings(data, arms, full),
        "",
        *_qualities(arms),
    ]
    return "\n".join(lines)


def _found(data: DataSet, results: Path) -> dict[str, dict[int, Course]]:
    """Read every run that there is."""
    arms: dict[str, dict[int, Course]] = {}
    for arm in ARMS.values():
        read = {seed: Course.read(place(results, data, arm, seed)) for seed in range(_MANY_SEEDS)}
        courses = {seed: course for seed, course in read.items() if course is not None}
        if courses:
            arms[arm.name] = courses
    return arms


def _standings(data: DataSet, arms: dict[str, dict[int, Course]], full: float) -> list[str]:
    """Return a row for each arm, the best area first."""
    compared = contrasts(arms, data.baseline)
    lines = [
        "| arm | seeds | last figure | minutes | area by labels, less baseline's | p (Holm) | verdict "
        "| not worse by 0.01 | area by minutes, less baseline's | verdict | labels to 95 / 98 / 99 % |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    order = sorted(arms, key=lambda name: -compared[name].labels.value if name in compared else 0.0)
    for name in order:
        courses = list(arms[name].values())
        last = float(np.mean([course.rounds[-1].figure for course in courses]))
        minutes = float(np.mean([course.rounds[-1].minutes for course in courses]))
        needed = " / ".join(_number(reached(courses, share * full, by_minutes=False)) for share in _TARGETS)
        cells = [name, str(len(courses)), f"{last:.3f}", f"{minutes:.0f}", *_told(compared.get(name)), needed]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _savings(data: DataSet, arms: dict[str, dict[int, Course]], full: float) -> list[str]:
    """Return what part of the baseline's minutes each arm takes to shares of the whole pool's figure.

    A dash stands where the baseline never gets there, or is there before anything is chosen.
    """
    lines = [
        f"| minutes of {data.baseline}'s to | {' | '.join(f'{share:.0%}' for share in _SHARES)} |",
        f"|---|{'---|' * len(_SHARES)}",
    ]
    for name, courses in arms.items():
        if name != data.baseline:
            cells = [_share(ratio(courses, arms[data.baseline], share * full)) for share in _SHARES]
            lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def _told(contrast: Contrast | None) -> list[str]:
    if contrast is None:
        return [""] * 6
    return [
        _signed(contrast.labels),
        f"{contrast.p:.3f} ({contrast.adjusted:.2f})",
        contrast.verdict,
        "yes" if contrast.not_inferior else "no",
        _signed(contrast.minutes),
        contrast.verdict_by_minutes,
    ]


def _qualities(arms: dict[str, dict[int, Course]]) -> list[str]:
    """Return how well each doubt knew the error on the same models, those of the random arm."""
    values: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for course in arms.get(WATCHED, {}).values():
        for row in course.quality:
            if row.round > 0:
                values[row.measure].append((row.spearman, row.aurc, row.slices))
    if _YARDSTICK not in values:
        return []
    yardstick = np.mean([row[1] for row in values[_YARDSTICK]])
    lines = [
        "| doubt | rank correlation of certainty and figure | AURC | of mean entropy's "
        "| errors in the 3 slices pointed at |",
        "|---|---|---|---|---|",
    ]
    for name, rows in sorted(values.items(), key=lambda entry: -float(np.nanmean([row[0] for row in entry[1]]))):
        spearman, risk, slices = _means(rows)
        lines.append(f"| {name} | {spearman:.2f} | {risk:.4f} | {risk / yardstick:.2f} | {slices:.0%} |")
    return [line.replace("nan%", "") for line in lines]


def _means(rows: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    found = np.array(rows)
    return (
        float(np.nanmean(found[:, 0])),
        float(np.mean(found[:, 1])),
        float("nan") if np.isnan(found[:, 2]).all() else float(np.nanmean(found[:, 2])),
    )


def _signed(interval: Interval) -> str:
    return f"{interval.value:+.4f} [{interval.low:+.4f}, {interval.high:+.4f}]"


def _number(labels: float) -> str:
    return f"{labels:.0f}" if np.isfinite(labels) else "-"


def _share(interval: Interval) -> str:
    if np.isnan(interval.value):
        return "-"
    value, low, high = (
        f"{part:.0%}" if np.isfinite(part) else "never" for part in (interval.value, interval.low, interval.high)
    )
    return f"{value} [{low}, {high}]"
