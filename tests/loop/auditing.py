"""A live model that was never trained, and what it says of phantoms."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from napari_medal.catalogue.annotations import NewAnnotation
from napari_medal.catalogue.models import NewModel
from napari_medal.catalogue.predictions import NewPrediction
from napari_medal.core.evaluation import Interval
from napari_medal.core.plan import Plan
from napari_medal.core.score import CaseScore
from napari_medal.io.nifti import write_mask
from napari_medal.loop.session import Session
from napari_medal.types import LabelArray

TASK = "segmentation"
PLAN = Plan(None, (16, 16, 16), 2, (4, 8), ((2, 2, 2),), 2, 6, 4, 4e-3)


def go_live(
    session: Session,
    number: int = 1,
    labels: tuple[int, ...] = (),
    figures: Mapping[str, Interval] | None = None,
    goes_live: bool = True,
) -> None:
    """Enter a version that is live at once."""
    session.project.models.add(NewModel(TASK, number, "unet", PLAN, 1.0, None, labels, figures or {}, goes_live, ""))


def truth_of(session: Session, labels: Path, name: str) -> LabelArray:
    """Return the true mask of a case."""
    grid = session.files.read_case(session.project.cases.get(name).images)[0].grid
    return session.files.read_mask(labels / f"{name}.nii.gz", grid, session.scheme(TASK))


def predict_all(session: Session, labels: Path, model: int = 1, **lost: int) -> None:
    """Let a version predict every phantom: the truth without so many slices, and as unsure as that is wrong."""
    new = []
    for place, case in enumerate(session.project.cases.all()):
        mask = truth_of(session, labels, case.name)
        filled = np.flatnonzero(mask.any(axis=(1, 2)))
        mask[filled[: lost.get(case.name, place % 4)]] = 0
        path = session.project.layout.prediction_mask(case.name, TASK, model)
        write_mask(path, mask, case.images[0], session.files.read_case(case.images)[0].grid)
        doubt = 0.1 + 0.05 * place
        new.append(NewPrediction(case.name, CaseScore(doubt, (doubt, doubt), (), "doubt"), "overview", mask=path))
    session.project.predictions.replace(TASK, model, new)


def audit(session: Session, *known: tuple[str, int, float], task: str = TASK) -> None:
    """Enter audits that are measured: case, model, and the Dice of both labels; the cases go on waiting."""
    number = len(session.project.audits.all(task))
    for case, model, figure in known:
        number += 1
        drawn = session.project.audits.add(task, number, case, 9)
        annotation = session.project.annotations.add(NewAnnotation(case, task, "ann", accepted=False))
        session.project.audits.measure(drawn, annotation.identifier, model, (figure, figure))


def say(session: Session, model: int, **doubts: float) -> None:
    """Let a version be so unsure of cases."""
    session.project.predictions.replace(
        TASK,
        model,
        [NewPrediction(name, CaseScore(doubt, (doubt, doubt), (), ""), "") for name, doubt in doubts.items()],
    )
