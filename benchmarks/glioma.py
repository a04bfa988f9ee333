"""Cross-validate the glioma recipes by patient, with noise on top, and print a Markdown table beside the paper's.

The set is a folder that `napari-medal new` takes in, such as the TCGA-LGG set of Buda et al. 2019 in its own form
(`kaggle_3m`) or as NIfTI; MEDAL_DATA's `lgg_flair` by default. Every fold is kept as it is done, so that an interrupted
run goes on:

    python benchmarks/glioma.py ../kaggle_3m --folds 22
"""

import argparse
import csv
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from napari_medal.catalogue.project import open_project
from napari_medal.catalogue.settings import load_settings, save_settings
from napari_medal.core.case import Split
from napari_medal.core.learning import EnsembleKind
from napari_medal.core.plan_changes import PlanChanges
from napari_medal.core.progress import CurvePoint, Silent
from napari_medal.edit.largest_parts import largest_parts
from napari_medal.engine.prepare import Prepared
from napari_medal.engine.train import train
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.creating import TaskWish, new_project
from napari_medal.loop.judging import annotated_truth, prepared_case
from napari_medal.loop.members import folds
from napari_medal.loop.session import Session, installed_extensions, session_on
from napari_medal.loop.training_run import TrainingRun, prepare_run
from napari_medal.metrics.bootstrap import mean_interval
from napari_medal.metrics.overlap import dice

_DATA = Path(os.environ.get("MEDAL_DATA", "../shared/data")) / "lgg_flair"
_TASK, _LABELS = "lower-grade-glioma", ("1=tumour",)
_LEVELS = 5
NOISES = (0.0, 0.1, 0.2)
"""Deviation of the noise that is added, in that of the training images, which are standardised."""
_PAPER = {
    0.0: "82 / 85 (110 patients, 22 folds)", 0.1: "81 / 85", 0.2: "79 / 85",
}  # fmt: skip
_COLUMNS = ("fold", "subject", "case", "noise", "dice", "seconds")


@dataclass(frozen=True)
class Row:
    """One patient's mask, by the network that had not seen the patient."""

    fold: int
    subject: str
    case: str
    noise: float
    dice: float
    seconds: float


@dataclass(frozen=True)
class Wished:
    """What is planned otherwise than the recipe plans it; None leaves it as planned.

    Args:
        steps: Optimiser steps of a fold.
        frame: Pixels of a slice's side.
        width: Channels of the network's first level.
    """

    steps: int | None = None
    frame: int | None = None
    width: int | None = None


class Lines(Silent):
    """Says now and then how far a training is."""

    def step(self, done: int, total: int, what: str) -> None:
        """Say it, every fiftieth time."""
        if done % 50 == 0:
            sys.stderr.write(f"  {what} {done}/{total}\n")

    def point(self, point: CurvePoint) -> None:
        """Keep the curve to itself."""


@contextmanager
def project(folder: Path, task: str, recipe: str, form: str, wished: Wished) -> Iterator[Session]:
    """Make a project of all patients of a folder, none of them set aside."""
    with tempfile.TemporaryDirectory() as room:
        place = Path(room) / "project"
        session = new_project(place, "glioma", [TaskWish(task, _LABELS, recipe=recipe)], installed_extensions())
        try:
            report = add_cases(session, Source(folder, form=form), Silent())
            sys.stderr.write(f"{len(report.added)} cases, {len(report.labelled)} of them labelled\n")
            changes = _changes(session, wished)
        finally:
            session.close()
        settings = load_settings(place)
        own = settings.tasks[task].model_copy(update={"plan": changes})
        save_settings(place, settings.model_copy(update={"tasks": {task: own}}))
        opened = open_project(place)
        opened.cases.draw([case.subject for case in opened.cases.all()], Split.TRAINING)
        session = session_on(opened, installed_extensions(), spare_cores=1024)
        try:
            yield session
        finally:
            session.close()


def _changes(session: Session, wished: Wished) -> PlanChanges:
    """Return what is planned otherwise than the recipe plans it on this machine."""
    changes = PlanChanges(cold_steps=wished.steps)
    if wished.width is not None:
        changes = replace(changes, widths=tuple(wished.width << level for level in range(_LEVELS)))
    if wished.frame is not None:
        grid = session.files.read_case(session.project.cases.all()[0].images)[0].grid
        zoom = wished.frame / min(grid.shape[1:])
        z_mm, y_mm, x_mm = grid.spacing_mm
        spacing = (z_mm, y_mm / zoom, x_mm / zoom)
        changes = replace(changes, spacing_mm=spacing, patch=(3, wished.frame, wished.frame))
    return changes


def cross_validate(session: Session, task: str, count: int, known: set[int], seed: int) -> Iterator[list[Row]]:
    """Train every fold that is not known, and judge it on its patients with and without noise."""
    learning = replace(session.project.task_settings(task).learning, ensemble=EnsembleKind.FOLDS, members=count)
    run = prepare_run(session, task, Lines(), learning)
    plan = run.plan
    sys.stderr.write(f"patch {plan.patch}, batch {plan.batch}, widths {plan.widths}, {plan.cold_steps} steps\n")
    training = replace(run.training(), plan=replace(plan, members=1), start=None, judge=None)
    subjects = [entry.case.subject for entry in run.gathered.training]
    for number, left_out in enumerate(folds(subjects, count)):
        if number in known:
            continue
        began = time.perf_counter()
        examples = [example for place, example in enumerate(training.examples) if place not in set(left_out)]
        weights = train(replace(training, examples=examples, frequencies=(), seed=seed + number), Lines())[0]
        took = time.perf_counter() - began
        yield [row for place in left_out for row in _judged(run, number, weights, place, took)]


def _judged(run: TrainingRun, fold: int, weights: object, place: int, seconds: float) -> Iterator[Row]:
    entry = run.gathered.training[place]
    ensemble = run.ensemble([weights])  # type: ignore[list-item]  # the weights of a member
    prepared = prepared_case(run.session, entry.case, run.plan, run.recipe.target)
    truth = annotated_truth(run.session, run.task, entry.annotation, prepared)
    random = np.random.default_rng([fold, place])
    for noise in NOISES:
        found = ensemble.samples(_noisy(prepared, noise, random), Silent()).mean(axis=0).argmax(axis=0)
        mask = found.astype(np.uint8)
        if run.plan.particulars.keep_largest:
            mask = largest_parts(mask)
        yield Row(fold, entry.case.subject, entry.case.name, noise, dice(mask > 0, np.asarray(truth) > 0), seconds)


def _noisy(prepared: Prepared, noise: float, random: np.random.Generator) -> Prepared:
    """Add Gaussian noise of a deviation to an image whose training images have the deviation 1."""
    image = np.asarray(prepared.image, dtype=np.float32)
    added = random.normal(0.0, noise, image.shape) if noise else np.zeros(1)
    return replace(prepared, image=image + added.astype(np.float32))


def table(rows: Sequence[Row]) -> list[str]:
    """Return the mean and the median Dice of the patients at each level of noise, in percent."""
    lines = [
        "| noise, in training deviations | patients | Dice, mean [95 %] | median | the paper's mean / median |",
        "|---|---|---|---|---|",
    ]
    for noise in NOISES:
        each = _by_patient([row for row in rows if row.noise == noise])
        mean, median = mean_interval(each), float(np.median(each))
        percent = f"{100 * mean.value:.1f} [{100 * mean.low:.1f}, {100 * mean.high:.1f}]"
        lines.append(f"| {noise:.0%} | {len(each)} | {percent} | {100 * median:.1f} | {_PAPER[noise]} |")
    return lines


def _by_patient(rows: Sequence[Row]) -> list[float]:
    """Return the mean over each patient's exams."""
    subjects = sorted({row.subject for row in rows})
    return [float(np.mean([row.dice for row in rows if row.subject == subject])) for subject in subjects]


def _kept(path: Path) -> list[Row]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return [
            Row(
                int(row["fold"]), row["subject"], row["case"], float(row["noise"]), float(row["dice"]),
                float(row["seconds"]),
            )
            for row in csv.DictReader(stream)
        ]  # fmt: skip


def _keep(path: Path, rows: Sequence[Row]) -> None:
    is_new = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        if is_new:
            writer.writerow(_COLUMNS)
        writer.writerows([getattr(row, name) for name in _COLUMNS] for row in rows)


def main() -> None:
    """Run the folds that are missing, and print the table of those there are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=_DATA)
    parser.add_argument("--folds", type=int, default=8, help="the paper has 22, of five patients each")
    parser.add_argument("--recipe", default="glioma-flair")
    parser.add_argument("--task", default=_TASK)
    parser.add_argument("--form", default="", help="how the folder is arranged; recognised by default")
    parser.add_argument("--steps", type=int, help="optimiser steps of a fold; the recipe's by default")
    parser.add_argument("--frame", type=int, help="pixels of a slice's side, a multiple of 16; the paper has 256")
    parser.add_argument("--width", type=int, help="channels of the first level; the paper has 32")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most", type=int, help="folds of this call at most")
    parser.add_argument("--results", type=Path, default=Path("glioma.csv"), help="where folds are kept")
    asked = parser.parse_args()
    rows = _kept(asked.results)
    wished = Wished(asked.steps, asked.frame, asked.width)
    with project(asked.folder, asked.task, asked.recipe, asked.form, wished) as session:
        known = {row.fold for row in rows}
        for done, found in enumerate(cross_validate(session, asked.task, asked.folds, known, asked.seed)):
            _keep(asked.results, found)
            rows += found
            clean = ", ".join(f"{row.dice:.2f}" for row in found if row.noise == 0.0)
            sys.stderr.write(f"fold {found[0].fold + 1} of {asked.folds}: {found[0].seconds:.0f} s, Dice {clean}\n")
            if asked.most is not None and done + 1 >= asked.most:
                break
    sys.stdout.write("\n".join(table(rows)) + "\n")


if __name__ == "__main__":
    main()
