"""What live models say of cases that no reader has answered for."""

from collections.abc import Collection

from napari_medal.catalogue.models import ModelVersion
from napari_medal.catalogue.predictions import StoredPrediction
from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Case, CaseState, Split
from napari_medal.core.progress import Progress
from napari_medal.loop.prediction import predict
from napari_medal.loop.session import Session

_OPEN = (CaseState.NEW, CaseState.PREDICTED, CaseState.IN_PROGRESS, CaseState.SKIPPED)
_DONE = (CaseState.ACCEPTED, CaseState.ACCEPTED_IN_PART)
_JUDGED_ON = (Split.VALIDATION, Split.TEST)


def predicted_answers(
    session: Session, task: str, answered: Collection[str], progress: Progress
) -> dict[str, tuple[Annotation, float]]:
    """Return what the live model says, and how unsure it is, of each case that it may answer for; ask it if need be.

    It answers for no case that was rejected, broken or set aside for a second look, and for none of the validation and
    the test set: nothing may be judged on its answers. Without a live model nothing is said.

    Args:
        session: The session.
        task: The task.
        answered: The cases that readers answered for.
        progress: Told of each prediction.

    Raises:
        JobCancelled: The person cancelled; what was predicted so far is kept.
    """
    live = session.project.models.live(task)
    if live is None:
        return {}
    wanted = [case.name for case in session.project.cases.all() if case.name not in answered and _may_answer(case)]
    known = session.project.predictions.by(task, live.number)
    missing = [name for name in wanted if not _is_kept(known.get(name))]
    if missing:
        predict(session, task, progress, missing)
        known = session.project.predictions.by(task, live.number)
    return {
        name: (_annotation(known[name], task, live), known[name].score.uncertainty)
        for name in wanted
        if _is_kept(known.get(name))
    }


def _may_answer(case: Case) -> bool:
    return case.state in (*_OPEN, *_DONE) and case.split not in _JUDGED_ON


def _is_kept(stored: StoredPrediction | None) -> bool:
    if stored is None:
        return False
    return (
        stored.class_value is not None or stored.value is not None or (stored.mask is not None and stored.mask.exists())
    )


def _annotation(stored: StoredPrediction, task: str, live: ModelVersion) -> Annotation:
    return Annotation(
        identifier=0,
        case=stored.case,
        task=task,
        revision=0,
        reader=f"model v{live.number}",
        created_at=live.created_at,
        seconds_spent=0.0,
        voxels_changed=None,
        started_from=live.number,
        mask=stored.mask,
        class_value=stored.class_value,
        value=stored.value,
        accepted=False,
    )
