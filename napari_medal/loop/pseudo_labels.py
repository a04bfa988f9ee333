"""What the live model is sure of, for a training to learn from as well; never a label of the project."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from napari_medal.catalogue.models import ModelVersion
from napari_medal.core.case import Case, CaseState, Split
from napari_medal.core.plan import Plan
from napari_medal.core.progress import Progress
from napari_medal.core.target import Target
from napari_medal.engine.device import Device
from napari_medal.engine.ensemble import Ensemble
from napari_medal.engine.examples import Example
from napari_medal.engine.mask_loss import IGNORED
from napari_medal.engine.prepare import prepare_mask
from napari_medal.errors import FormatError, GeometryError
from napari_medal.loop.judging import load_ensemble, prepared_case
from napari_medal.loop.session import Session

SURE = 0.95
"""Probability from which an answer is taken (Sohn et al. 2020, arXiv 2001.07685)."""
FREQUENCY = 0.5
"""How often such a case is drawn, relative to one that a reader has labelled."""


@dataclass(frozen=True)
class PseudoLabel:
    """A case that no reader has labelled, as a model version would."""

    case: str
    model: int
    example: Example


def pseudo_labels(
    session: Session, live: ModelVersion, plan: Plan, channels: int, device: Device, count: int, progress: Progress
) -> list[PseudoLabel]:
    """Ask the live model about up to `count` unlabelled cases, those that it was surest of first.

    Of a mask, voxels that it is not sure of are ignored by the loss; a class counts if the model is sure of it.

    Raises:
        ModelError: Its weights are missing or damaged.
        JobCancelled: The person cancelled.
    """
    if count == 0 or session.task(live.task).target is Target.VALUE:
        return []
    ensemble = load_ensemble(session, live, channels, device)
    found: list[PseudoLabel] = []
    cases = _surest(session, live)
    for case in cases:
        progress.step(len(found), min(count, len(cases)), "Pseudo-labelling")
        example = _example(session, case, ensemble, plan, channels, progress)
        if example is not None:
            found.append(PseudoLabel(case.name, live.number, example))
        if len(found) == count:
            break
    return found


def _surest(session: Session, live: ModelVersion) -> Sequence[Case]:
    """Return the cases that wait for a label and that the model has predicted, the least uncertain first."""
    stored = session.project.predictions.by(live.task, live.number)
    annotated = session.project.annotations.latest(live.task)
    waiting = [
        case
        for case in session.project.cases.all()
        if case.name in stored
        and case.name not in annotated
        and case.split in (Split.UNDRAWN, Split.TRAINING)
        and case.state not in (CaseState.BROKEN, CaseState.REJECTED)
    ]
    return sorted(waiting, key=lambda case: stored[case.name].score.uncertainty)


def _example(
    session: Session, case: Case, ensemble: Ensemble, plan: Plan, channels: int, progress: Progress
) -> Example | None:
    try:
        seen = prepared_case(session, case, ensemble.plan, ensemble.target)
        prepared = prepared_case(session, case, plan, ensemble.target)
    except (FormatError, GeometryError, OSError):
        return None  # a case to predict; the prediction reports it
    if seen.image.shape[0] != channels:
        return None
    mean = ensemble.samples(seen, progress).mean(axis=0)
    best, sure = mean.argmax(axis=0).astype(np.uint8), mean.max(axis=0) >= SURE
    if ensemble.target is Target.CLASS:
        return Example(prepared, class_index=int(best)) if sure else None
    best[~sure] = IGNORED
    z, y, x = prepared.image.shape[1:]
    mask = prepare_mask(best, (z, y, x))
    return None if (mask == IGNORED).all() else Example(prepared, mask=mask)
