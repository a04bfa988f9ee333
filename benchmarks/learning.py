"""Measure what the choices of how a task learns are worth, on real volumes, and print Markdown tables.

Ensembles, recipes, losses and beginnings on MEDAL_DATA's `hippocampus`: 24 labels, 60 cases that no training sees.
Remedies for rare classes on its `breast_us`: 140 labels, of which one class is rare, and cases of every class to test
on.
Every arm has the same labels, test cases and seeds; Dice and areas under the curve come with 95 % intervals over the
test cases. Trainings are told in processor time, which a busy machine changes little.

`python benchmarks/learning.py --only ensembles balance` runs some of them.
"""

import argparse
import csv
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from napari_medal.core.asking import PLAINLY, Asking
from napari_medal.core.case import Case, Split
from napari_medal.core.evaluation import Evaluation
from napari_medal.core.learning import AS_USUAL, Balance, EnsembleKind, Learning, Sampling, ScheduleName
from napari_medal.core.loss_name import LossName
from napari_medal.core.progress import Silent
from napari_medal.engine.ensemble import Ensemble
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import Reading, accept_class, accept_file
from napari_medal.loop.creating import TaskWish, new_project
from napari_medal.loop.judging import judge, load_ensemble, predict_case, prepared_case, project_device
from napari_medal.loop.session import Session, installed_extensions
from napari_medal.loop.training import train_model
from napari_medal.loop.truths import Truths

_DATA = Path(os.environ.get("MEDAL_DATA", "../shared/data"))
_READING = Reading("bench", 1.0)
_TRAINING, _TESTING = 24, 60
_COUNTS = {"benign": 100, "malignant": 30, "normal": 10}
_SEEDS = (0, 1)


@dataclass(frozen=True)
class Arm:
    """One way to learn."""

    name: str
    learning: Learning = AS_USUAL
    asking: Asking = PLAINLY
    recipe: str = "unet"


_DEEP = Learning(ensemble=EnsembleKind.DEEP)
_DROPPING = Learning(dropout=0.2, members=1)
_EVEN, _AS_THEY_ARE = Balance(Sampling.OVERSAMPLE), Balance(Sampling.AS_THEY_ARE)
_FEWER = Balance(Sampling.UNDERSAMPLE)
ENSEMBLES = (
    Arm("one network", Learning(members=1)),
    Arm("3 snapshots of one training", Learning(members=3)),
    Arm("3 trainings", replace(_DEEP, members=3)),
    Arm("5 trainings", replace(_DEEP, members=5)),
    Arm("3 folds", Learning(ensemble=EnsembleKind.FOLDS, members=3)),
    Arm("one network, 5 dropout passes", _DROPPING, Asking(dropout_passes=5)),
    Arm("one network, 4 augmented views", Learning(members=1), Asking(augmented=4)),
    Arm("one network, running mean 0.99", Learning(members=1, ema=0.99)),
    Arm("one network, flat-cosine", Learning(members=1, schedule=ScheduleName.FLAT_COSINE)),
)
RECIPES = tuple(
    Arm(name, recipe=name) for name in ("unet", "residual-unet", "attention-unet", "dynunet", "segresnet", "unet-2d")
)
LOSSES = tuple(
    Arm(loss.value, Learning(loss=loss, members=1))
    for loss in (
        LossName.DICE_CE, LossName.DICE_FOCAL, LossName.FOCAL_TVERSKY, LossName.JACCARD, LossName.CE,
        LossName.WEIGHTED_CE, LossName.FOCAL, LossName.BCE,
    )
)  # fmt: skip
BALANCE = (
    Arm("as they are", Learning(balance=_AS_THEY_ARE)),
    Arm("oversampling", Learning(balance=_EVEN)),
    Arm("undersampling", Learning(balance=_FEWER)),
    Arm("two-phase, oversampling", Learning(balance=replace(_EVEN, two_phase=True))),
    Arm("two-phase, undersampling", Learning(balance=replace(_FEWER, two_phase=True))),
    Arm("thresholding", Learning(balance=replace(_AS_THEY_ARE, thresholding=True))),
    Arm("oversampling, thresholding", Learning(balance=replace(_EVEN, thresholding=True))),
    Arm("undersampling, thresholding", Learning(balance=replace(_FEWER, thresholding=True))),
    Arm("cost weights", Learning(balance=replace(_AS_THEY_ARE, cost_weights=True))),
)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--only", nargs="*", default=["ensembles", "recipes", "losses", "beginnings", "balance"])
    asked.add_argument("--arms", nargs="*", default=[], help="names of arms; all by default")
    options = asked.parse_args()
    wanted = options.only
    for name, arms in (("ensembles", ENSEMBLES), ("recipes", RECIPES), ("losses", LOSSES)):
        if name in wanted:
            print(f"\n### {name}\n\n| what | Dice, mean | rank correlation of doubt and error | training |")
            print("|---|---|---|---|")
            for arm in _picked(arms, options.arms):
                print(_drawn(arm), flush=True)
    if "beginnings" in wanted:
        print("\n### beginnings\n\n| from 12 to 24 labels | Dice, mean | training |\n|---|---|---|")
        for row in _beginnings():
            print(row, flush=True)
    if "balance" in wanted:
        print(
            "\n### balance\n\n| what | AUC, mean | balanced accuracy | sensitivity for the rarest |\n|---|---|---|---|"
        )
        for arm in _picked(BALANCE, options.arms):
            print(_chosen(arm), flush=True)


def _picked(arms: Sequence[Arm], names: Sequence[str]) -> list[Arm]:
    return [arm for arm in arms if not names or arm.name in names]


def _drawn(arm: Arm) -> str:
    """Train on hippocampus labels and judge on cases that no training sees."""
    with _hippocampus(arm) as (session, training, testing):
        _accept(session, training)
        began = time.process_time()
        train_model(session, "segmentation", Silent())
        seconds = time.process_time() - began
        evaluation, doubt = _judged(session, testing)
    found = spearmanr(doubt, evaluation.per_case).statistic
    return f"| {arm.name} | {evaluation.metrics['dice_mean']} | {-found:.2f} | {seconds:.0f} s |"


def _beginnings() -> Iterator[str]:
    """Go on from a model of 12 labels, with and without shrinking, or begin anew."""
    for name, recipe in (("warm start", ""), ("shrunk", "shrunk"), ("random weights", "anew")):
        with _hippocampus(Arm(name)) as (session, training, testing):
            _accept(session, training[:12])
            train_model(session, "segmentation", Silent())
            _accept(session, training[12:])
            _hold_back(session, {"": 0, "shrunk": 1, "anew": 2}[recipe])
            began = time.process_time()
            version = train_model(session, "segmentation", Silent()).version
            seconds = time.process_time() - began
            evaluation, _ = _judged(session, testing)
            yield f"| {name}: {version.started_from} | {evaluation.metrics['dice_mean']} | {seconds:.0f} s |"


def _hold_back(session: Session, count: int) -> None:
    """Enter candidates after the live version, as if trainings that went on from it had measured worse."""
    from napari_medal.catalogue.models import NewModel

    live = session.project.models.live("segmentation")
    if live is None:
        return
    for _ in range(count):
        number = session.project.models.claim_number("segmentation")
        held = NewModel("segmentation", number, live.recipe, live.plan, 0.0, None, [], {}, goes_live=False, reason="")
        session.project.models.add(held)


def _chosen(arm: Arm) -> str:
    """Train on an uneven set of classes, and judge on all other cases."""
    areas, balanced, rarest = [], [], []
    for seed in _SEEDS:
        with _breast(arm, seed) as (session, testing, classes):
            train_model(session, "classification", Silent())
            truths = {case.name: classes[case.name] for case in testing}
            ensemble = _ensemble(session, "classification", testing[0])
            names = session.scheme("classification").names
            said = {}
            for case in testing:
                prediction = predict_case(session, "classification", case, ensemble, Silent()).prediction
                said[case.name] = names[int(prediction.probabilities.argmax())]
            values = {label.name: label.value for label in session.scheme("classification").classes}
            evaluation = judge(
                session, "classification", ensemble, testing, lambda case, v=values, t=truths: v[t[case.name]], Silent()
            )
        recall = {
            name: np.mean([said[case] == name for case, true in truths.items() if true == name]) for name in names
        }
        areas.append(evaluation.metrics["auc_mean"].value)
        balanced.append(float(np.mean(list(recall.values()))))
        rarest.append(float(recall["normal"]))
    return f"| {arm.name} | {_spread(areas)} | {_spread(balanced)} | {_spread(rarest)} |"


def _spread(values: Sequence[float]) -> str:
    return f"{np.mean(values):.3f} ({min(values):.3f} to {max(values):.3f})"


@contextmanager
def _hippocampus(arm: Arm) -> Iterator[tuple[Session, list[Case], list[Case]]]:
    with tempfile.TemporaryDirectory() as folder:
        images = Path(folder) / "images"
        images.mkdir()
        for path in sorted((_DATA / "hippocampus" / "images").glob("*.nii*"))[: _TRAINING + _TESTING]:
            (images / path.name).symlink_to(path.resolve())
        wish = TaskWish("segmentation", ("1=anterior", "2=posterior"), recipe=arm.recipe)
        session = new_project(Path(folder) / "project", "bench", [wish], installed_extensions())
        _set(session, "segmentation", arm)
        add_cases(session, Source(images), Silent())
        cases = session.project.cases.all()
        shuffled = [cases[int(place)] for place in np.random.default_rng(0).permutation(len(cases))]
        training, testing = shuffled[:_TRAINING], shuffled[_TRAINING:]
        session.project.cases.draw([case.subject for case in training], Split.TRAINING)
        session.project.cases.draw([case.subject for case in testing], Split.TEST)
        try:
            yield session, training, testing
        finally:
            session.close()


@contextmanager
def _breast(arm: Arm, seed: int) -> Iterator[tuple[Session, list[Case], dict[str, str]]]:
    with (_DATA / "breast_us" / "labels.csv").open(encoding="utf-8") as stream:
        rows = list(csv.reader(stream))[1:]
    of_class: dict[str, list[str]] = {name: [] for name in _COUNTS}
    for row in rows:
        of_class[row[1]].append(Path(row[0]).stem)
    random = np.random.default_rng(seed)
    training, testing = [], []
    for name, count in _COUNTS.items():
        drawn = [of_class[name][int(place)] for place in random.permutation(len(of_class[name]))]
        training += drawn[:count]
        testing += drawn[count : count + 70]
    classes = {stem: name for name, stems in of_class.items() for stem in stems}
    with tempfile.TemporaryDirectory() as folder:
        images = Path(folder) / "images"
        images.mkdir()
        for path in (_DATA / "breast_us").rglob("*.png"):
            if path.stem in {*training, *testing}:
                (images / path.name).symlink_to(path.resolve())
        wish = TaskWish("classification", tuple(_COUNTS))
        session = new_project(Path(folder) / "project", "bench", [wish], installed_extensions())
        _set(session, "classification", arm)
        add_cases(session, Source(images), Silent())
        cases = {case.name: case for case in session.project.cases.all()}
        session.project.cases.draw([cases[name].subject for name in training], Split.TRAINING)
        session.project.cases.draw([cases[name].subject for name in testing], Split.TEST)
        for name in training:
            value = session.scheme("classification").by_name(classes[name]).value
            accept_class(session, "classification", name, value, _READING)
        try:
            yield session, [cases[name] for name in testing], classes
        finally:
            session.close()


def _set(session: Session, task: str, arm: Arm) -> None:
    session.project.settings_file.set_learning(task, arm.learning)
    session.project.settings_file.set_asking(task, arm.asking)


def _accept(session: Session, cases: Sequence[Case]) -> None:
    for case in cases:
        path = _DATA / "hippocampus" / "labels" / f"{case.name}.nii.gz"
        accept_file(session, "segmentation", case.name, path, _READING)


def _ensemble(session: Session, task: str, case: Case) -> Ensemble:
    live = session.project.models.live(task)
    if live is None:
        raise RuntimeError("no model went live")
    device = project_device(session)
    channels = prepared_case(session, case, live.plan, session.task(task).target).image.shape[0]
    return load_ensemble(session, live, channels, device)


def _judged(session: Session, testing: Sequence[Case]) -> tuple[Evaluation, list[float]]:
    """Return the figures on the test cases, and how much the model doubts each."""
    ensemble = _ensemble(session, "segmentation", testing[0])
    truths = Truths(session, "segmentation", _DATA / "hippocampus" / "labels")
    evaluation = judge(session, "segmentation", ensemble, testing, truths.of, Silent())
    doubts = [
        predict_case(session, "segmentation", case, ensemble, Silent()).prediction.score.uncertainty for case in testing
    ]
    return evaluation, doubts


if __name__ == "__main__":
    main()
