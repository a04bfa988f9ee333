"""Measure how many wrong labels stand on top of the list of second looks, and print a Markdown table.

Masks: 100 volumes of MEDAL_DATA's `hippocampus`, of which ten have a wrong label: swapped labels, a fifth of the
extent missing at one end, or all shifted by 3 voxels. Classes: 240 images of its `breast_us`, of which a tenth has
another class. Both are searched by 3 folds with the settings of a new project.

`python benchmarks/second_looks.py --only masks --seeds 1 2` runs some of it.
"""

import argparse
import csv
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from napari_medal.core.progress import Silent
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import Reading, accept_class, accept_mask
from napari_medal.loop.creating import TaskWish, new_project
from napari_medal.loop.second_looks import FOLDS, search_second_looks
from napari_medal.loop.session import Session, installed_extensions
from napari_medal.types import LabelArray

_DATA = Path(os.environ.get("MEDAL_DATA", "../shared/data"))
_READING = Reading("bench", 1.0)
_VOLUMES, _IMAGES = 100, 240
_SHARE = 0.1
_LOOKED_AT = 0.2
_SHIFT = 3
_ENDS = 0.2
_LONG_AXIS = 1
"""From back to front, as the hippocampus lies."""
ERRORS = ("labels swapped", "end slices missing", "mask shifted")


@contextmanager
def hippocampus(count: int, seed: int) -> Iterator[tuple[Session, dict[str, str]]]:
    """Make a project of labelled volumes, and say which are labelled wrongly, and how."""
    random = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as folder:
        images = Path(folder) / "images"
        images.mkdir()
        paths = sorted((_DATA / "hippocampus" / "images").glob("*.nii*"))
        for place in random.permutation(len(paths))[:count]:
            (images / paths[place].name).symlink_to(paths[place].resolve())
        wish = TaskWish("segmentation", ("1=anterior", "2=posterior"))
        session = new_project(Path(folder) / "project", "bench", [wish], installed_extensions())
        try:
            add_cases(session, Source(images), Silent())
            cases = session.project.cases.all()
            chosen = random.permutation(len(cases))[: round(_SHARE * count)]
            wrong = {cases[place].name: ERRORS[number % len(ERRORS)] for number, place in enumerate(chosen)}
            for case in cases:
                path = _DATA / "hippocampus" / "labels" / f"{case.name}.nii.gz"
                grid = session.files.read_case(case.images)[0].grid
                mask = session.files.read_mask(path, grid, session.scheme("segmentation"))
                if case.name in wrong:
                    mask = _spoilt(mask, wrong[case.name], random)
                accept_mask(session, "segmentation", case.name, mask, _READING)
            yield session, wrong
        finally:
            session.close()


def _spoilt(mask: LabelArray, error: str, random: np.random.Generator) -> LabelArray:
    if error == "labels swapped":
        return np.array((0, 2, 1), dtype=np.uint8)[mask]
    if error == "mask shifted":
        return _shifted(mask, int(random.integers(3)), int(random.choice((-_SHIFT, _SHIFT))))
    others = tuple(axis for axis in range(3) if axis != _LONG_AXIS)
    found = np.flatnonzero(mask.any(axis=others))
    missing = round(_ENDS * len(found))
    gone = found[:missing] if random.random() < 0.5 else found[-missing:]
    spoilt = mask.copy()
    spoilt[(slice(None), gone)] = 0
    return spoilt


def _shifted(mask: LabelArray, axis: int, by: int) -> LabelArray:
    """Move a mask; what leaves the image is gone."""
    moved = np.roll(mask, by, axis)
    edge = [slice(None)] * 3
    edge[axis] = slice(0, by) if by > 0 else slice(by, None)
    moved[tuple(edge)] = 0
    return moved


@contextmanager
def breast(count: int, seed: int) -> Iterator[tuple[Session, dict[str, str]]]:
    """Make a project of images with a class, and say which have another one than they should, and which."""
    random = np.random.default_rng(seed)
    with (_DATA / "breast_us" / "labels.csv").open(encoding="utf-8") as stream:
        classes = {Path(row[0]).stem: row[1] for row in list(csv.reader(stream))[1:]}
    drawn = [sorted(classes)[int(place)] for place in random.permutation(len(classes))[:count]]
    names = sorted(set(classes.values()))
    with tempfile.TemporaryDirectory() as folder:
        images = Path(folder) / "images"
        images.mkdir()
        for path in (_DATA / "breast_us").rglob("*.png"):
            if path.stem in drawn:
                (images / path.name).symlink_to(path.resolve())
        session = new_project(
            Path(folder) / "project", "bench", [TaskWish("classification", tuple(names))], installed_extensions()
        )
        try:
            add_cases(session, Source(images), Silent())
            wrong = {}
            for place, stem in enumerate(drawn):
                name = classes[stem]
                if place < round(_SHARE * count):
                    name = wrong[stem] = str(random.choice([other for other in names if other != name]))
                value = session.scheme("classification").by_name(name).value
                accept_class(session, "classification", stem, value, _READING)
            yield session, wrong
        finally:
            session.close()


@dataclass(frozen=True)
class Outcome:
    """Where wrong labels stand in the list."""

    labels: int
    wrong: dict[str, str]
    listed: list[str]
    seconds: float

    @property
    def first(self) -> set[str]:
        """The cases in as many first places as are a fifth of the labels."""
        return set(self.listed[: round(_LOOKED_AT * self.labels)])

    def found(self, kind: str | None = None) -> str:
        """Return how many wrong labels stand there, of how many."""
        named = {name for name, error in self.wrong.items() if kind in (None, error)}
        return f"{len(named & self.first)} of {len(named)}"

    @property
    def last(self) -> str:
        """The place of the last wrong label that stands there."""
        return str(max((self.listed.index(name) + 1 for name in self.wrong if name in self.first), default=0))


def main() -> None:
    """Search the projects that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=("masks", "classes"), default=("masks", "classes"))
    parser.add_argument("--seeds", nargs="*", type=int, default=(1, 2))
    chosen = parser.parse_args()
    if "masks" in chosen.only:
        _show(("seed", "found", *ERRORS, "the last of them in place", "in the list", "time"))
        for seed in chosen.seeds:
            with hippocampus(_VOLUMES, seed) as (session, wrong):
                found = _searched(session, "segmentation", wrong)
            kinds = [found.found(error) for error in ERRORS]
            _show((seed, found.found(), *kinds, found.last, len(found.listed), f"{found.seconds:.0f} s"))
    if "classes" in chosen.only:
        _show(("seed", "found", "in the list", "wrong among them", "time"))
        for seed in chosen.seeds:
            with breast(_IMAGES, seed) as (session, wrong):
                found = _searched(session, "classification", wrong)
            among = len(set(found.listed) & set(wrong))
            _show((seed, found.found(), len(found.listed), among, f"{found.seconds:.0f} s"))


def _searched(session: Session, task: str, wrong: dict[str, str]) -> Outcome:
    began = time.perf_counter()
    search = search_second_looks(session, task, FOLDS, Silent())
    seconds = time.perf_counter() - began
    listed = list(dict.fromkeys(look.case for look in search.looks))
    return Outcome(search.judged, wrong, listed, seconds)


def _show(cells: Sequence[object]) -> None:
    sys.stdout.write(f"| {' | '.join(str(cell) for cell in cells)} |\n")
    if isinstance(cells[0], str):
        sys.stdout.write(f"|{'---|' * len(cells)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
