"""All runs of a set in one table each: of the rounds, and of how well doubts knew the error."""

import csv
from collections.abc import Iterator
from dataclasses import astuple, fields
from pathlib import Path

from benchmarks.active_learning.course import Course, Quality, Round
from benchmarks.active_learning.sets import DataSet
from napari_medal.atomic import write_atomic


def write_tables(data: DataSet, arms: dict[str, dict[int, Course]], folder: Path) -> None:
    """Write `<set>.csv` and `<set>-doubts.csv`, a row for each arm, seed and round."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, name in ((Round, data.name), (Quality, f"{data.name}-doubts")):
        rows = list(_rows(arms, kind))
        header = ["arm", "seed", *(field.name for field in fields(kind))]

        def write(path: Path, header: list[str] = header, rows: list[list[object]] = rows) -> None:
            with path.open("w", encoding="utf-8", newline="") as stream:
                writer = csv.writer(stream, lineterminator="\n")
                writer.writerow(header)
                writer.writerows(rows)

        write_atomic(folder / f"{name}.csv", write)


def _rows(arms: dict[str, dict[int, Course]], kind: type) -> Iterator[list[object]]:
    for arm, courses in arms.items():
        for seed, course in sorted(courses.items()):
            for row in course.rounds if kind is Round else course.quality:
                yield [arm, seed, *(f"{value:.4f}" if isinstance(value, float) else value for value in astuple(row))]
