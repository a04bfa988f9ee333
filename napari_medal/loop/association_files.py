"""What an association writes."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from napari_medal.core.evaluation import Interval
from napari_medal.core.progress import Progress
from napari_medal.export.interval_plot import Panel, interval_plot
from napari_medal.export.markdown_table import markdown_table
from napari_medal.export.staging import whole_or_nothing
from napari_medal.export.table_text import table_text
from napari_medal.loop.association import Association, Pair
from napari_medal.loop.association_words import association_words
from napari_medal.loop.features_table import features_table

_NAN = Interval(math.nan, math.nan, math.nan)
_HEADER = (
    "mask", "feature", "column", "subjects", "p", "p_error", "p_holm", "p_bonferroni", "p_least", "group",
    "in_group", "quarter_1", "quarter_2", "quarter_3", "quarter_4", "auc", "auc_low", "auc_high",
)  # fmt: skip


def write_association(found: Association, folder: Path, progress: Progress) -> None:
    """Write association.csv, association.md, association.png and features.csv into a new or an empty folder.

    Raises:
        ExportError: It holds something already, or the disk is full.
    """

    def write(place: Path) -> None:
        (place / "association.csv").write_text(table_text(_rows(found)), encoding="utf-8")
        (place / "association.md").write_text(_page(found), encoding="utf-8")
        (place / "features.csv").write_text(features_table(found.cohort), encoding="utf-8")
        _draw(place / "association.png", found)

    whole_or_nothing(folder, progress, write)


def _rows(found: Association) -> Iterator[Sequence[str]]:
    """Give out a row for each group of each pair."""
    yield _HEADER
    for side in found.sides:
        for pair in side.pairs:
            numbers = (pair.test.p, pair.test.error, pair.holm, pair.bonferroni, pair.test.least)
            tested = [side.source.value, pair.feature.name, pair.column, str(pair.subjects), *map(_number, numbers)]
            for group, counts, area in zip(pair.groups, pair.counts.tolist(), pair.areas, strict=True):
                areas = map(_number, (area.value, area.low, area.high))
                yield [*tested, group, str(sum(counts)), *map(str, counts), *areas]


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.5g}"


def _page(found: Association) -> str:
    sentences = "\n".join(f"- {sentence}" for sentence in association_words(found))
    sides = [side.source.value for side in found.sides]
    titles = ["feature", "column", *(f"{what}, {side}" for side in sides for what in ("subjects", "p", "Holm"))]
    areas = ["feature", "column", "group", *(f"{what}, {side}" for side in sides for what in ("subjects", "AUC"))]
    return "\n".join(
        (
            "# Figures of masks and what is known of the subjects",
            "",
            sentences,
            "",
            "p: Fisher's exact test of the quarters of a feature by the groups of a column. AUC: the chance that a"
            " subject of the group has a higher figure than another, with its 95 % bootstrap interval over subjects.",
            "",
            markdown_table(titles, _tests(found)),
            "",
            markdown_table(areas, _areas(found)),
            "",
        )
    )


def _tests(found: Association) -> list[list[str]]:
    rows = []
    for title, column, pairs in _together(found):
        cells = [
            ["", "", ""] if pair is None else [str(pair.subjects), f"{pair.test.p:.4f}", f"{pair.holm:.3f}"]
            for pair in pairs
        ]
        rows.append([title, column, *(cell for part in cells for cell in part)])
    return rows


def _areas(found: Association) -> list[list[str]]:
    rows = []
    for title, column, pairs in _together(found):
        for group in dict.fromkeys(group for pair in pairs if pair is not None for group in pair.groups):
            cells = [_cells(pair, group) for pair in pairs]
            rows.append([title, column, group, *(cell for part in cells for cell in part)])
    return rows


def _cells(pair: Pair | None, group: str) -> list[str]:
    if pair is None or group not in pair.groups:
        return ["", ""]
    place = pair.groups.index(group)
    return [str(int(pair.counts[place].sum())), str(pair.areas[place])]


def _together(found: Association) -> list[tuple[str, str, list[Pair | None]]]:
    """Return each feature's title and column with its pair on every side."""
    sides = [{(pair.feature.title, pair.column): pair for pair in side.pairs} for side in found.sides]
    keys = dict.fromkeys(key for side in sides for key in side)
    return [(*key, [side.get(key) for side in sides]) for key in keys]


def _draw(path: Path, found: Association) -> None:
    pairs = [pair for side in found.sides for pair in side.pairs]
    rows = list(dict.fromkeys((pair.column, group) for pair in pairs for group in pair.groups))
    sides = [
        {
            (pair.feature.name, pair.column, group): area
            for pair in side.pairs
            for group, area in zip(pair.groups, pair.areas, strict=True)
        }
        for side in found.sides
    ]
    tested = {pair.feature.name for pair in pairs}
    panels = [
        Panel(feature.title, tuple(tuple(side.get((feature.name, *row), _NAN) for side in sides) for row in rows))
        for feature in found.cohort.features
        if feature.name in tested
    ]
    names = [f"{column} = {group}" for column, group in rows]
    interval_plot(path, names, panels, [f"AUC by {side.source}s" for side in found.sides])
