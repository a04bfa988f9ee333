"""Ask a model version about cases, and compare its answers with annotations."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from napari_medal.catalogue.models import ModelVersion
from napari_medal.core.annotation import Annotation
from napari_medal.core.asking import Asking
from napari_medal.core.case import Case
from napari_medal.core.edit_size import EditSize
from napari_medal.core.evaluation import Evaluation
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.core.plan import Plan
from napari_medal.core.prediction import Prediction
from napari_medal.core.progress import Progress
from napari_medal.core.score import CaseScore
from napari_medal.core.slice_ranges import SliceRanges, as_flags
from napari_medal.core.target import Target
from napari_medal.edit.largest_parts import largest_parts
from napari_medal.engine.device import Device, choose_device
from napari_medal.engine.ensemble import Ensemble
from napari_medal.engine.prepare import Prepared, prepare
from napari_medal.engine.weights import load_members
from napari_medal.errors import ProjectError
from napari_medal.loop.preparation_key import preparation_key
from napari_medal.loop.priors import read_priors
from napari_medal.loop.session import Session
from napari_medal.metrics.edit_size import expected_edit
from napari_medal.metrics.temperature import temper_samples
from napari_medal.types import FloatArray, LabelArray, Samples

Truth = LabelArray | int | float
"""What a case should be: (Z, Y, X) label values on its canonical grid, a class value (int), or a number (float)."""

Observer = Callable[[Case, Prediction, Truth, Grid], None]
"""Looks at a case, the answer, the truth, and the case's canonical grid; both masks may be cut down to some slices."""

_UNSCORED = CaseScore(uncertainty=0.0, per_class=(), per_slice=(), reason="")


def project_device(session: Session) -> Device:
    """Choose the device that the project's settings ask for."""
    training = session.project.settings.training
    return choose_device(training.device, session.spare_cores, training.memory_gb)


def outputs(session: Session, task: str) -> int:
    """Return how many classes a network for this task tells apart; a mask has a background too, and a value is one."""
    return max(1, len(session.scheme(task)) + (session.task(task).target is Target.MASK))


def load_ensemble(
    session: Session, version: ModelVersion, channels: int, device: Device, previous: ModelVersion | None = None
) -> Ensemble:
    """Load a model version, and the last member of a previous one to see whether it contradicts.

    Raises:
        ModelError: Its weights are missing or damaged.
        ProjectError: Its priors are damaged.
        ExtensionError: Its recipe is not installed.
    """
    recipe = session.extensions.recipes.get(version.recipe)
    members = load_members(version.folder)
    count = outputs(session, version.task)
    asking = asking_of(session, version.task, version.plan)
    priors = read_priors(version.folder)
    witnesses = [] if previous is None else load_members(previous.folder)[-1:]
    return Ensemble(recipe, version.plan, channels, count, members, device, priors, asking, witnesses)


def asking_of(session: Session, task: str, plan: Plan) -> Asking:
    """Return how a model with this plan is asked: as the task says, but without dropout where it knows none."""
    asking = session.project.task_settings(task).asking
    return asking if plan.dropout > 0.0 else replace(asking, dropout_passes=0)


def prepared_case(session: Session, case: Case, plan: Plan, target: Target) -> Prepared:
    """Return a case as a network with this plan sees it, from memory where it was prepared before."""
    return session.cache.get(
        preparation_key(case, plan, target), lambda: prepare(session.files.read_case(case.images), plan, target)
    )


@dataclass(frozen=True, eq=False)
class Answer:
    """An ensemble's prediction for a case.

    Args:
        prediction: The prediction.
        overview: It in words.
        grid: The case's canonical grid.
        measure: The name of what the score comes from.
        edit: What correcting a mask will probably take; None for another answer, or where nobody can tell.
    """

    prediction: Prediction
    overview: str
    grid: Grid
    measure: str
    edit: EditSize | None = None


def predict_cases(
    session: Session,
    task: str,
    cases: Sequence[Prepared],
    ensemble: Ensemble,
    progress: Progress,
    temperature: float = 1.0,
) -> Iterator[Answer]:
    """Ask an ensemble about cases, together where that is quicker, and temper its probabilities."""
    behind = session.task(task)
    scheme = session.scheme(task)
    chosen = session.project.task_settings(task).measure
    measure = session.extensions.measures.get(chosen)
    for prepared, found in zip(cases, ensemble.samples_together(cases, progress), strict=True):
        progress.check()
        samples = temper_samples(_in_range(found, scheme), temperature)
        answering = ensemble.answering(samples)
        mean = answering.mean(axis=0)
        progress.check()
        score = behind.score(samples, scheme, prepared.grid, measure)
        progress.check()
        uncertainty = measure.map(samples) if ensemble.target is Target.MASK else None
        if ensemble.target is Target.VALUE:
            prediction = _value_prediction(answering, scheme, score)
        else:
            prediction = _prediction(ensemble, scheme, mean, score, uncertainty)
        edit = _edit(samples, mean, prepared.grid) if ensemble.target is Target.MASK else None
        yield Answer(prediction, behind.overview(mean, scheme), prepared.grid, chosen, edit)


def predict_case(
    session: Session, task: str, case: Case, ensemble: Ensemble, progress: Progress, temperature: float = 1.0
) -> Answer:
    """Ask an ensemble about one case, and temper its probabilities."""
    prepared = prepared_case(session, case, ensemble.plan, ensemble.target)
    return next(predict_cases(session, task, [prepared], ensemble, progress, temperature))


def annotated_truth(session: Session, task: str, annotation: Annotation, prepared: Prepared) -> Truth:
    """Return what a reader said of a case.

    Raises:
        ProjectError: The annotation answers another kind of task.
    """
    if annotation.mask is not None:
        return session.files.read_mask(annotation.mask, prepared.grid, session.scheme(task))
    if annotation.class_value is not None:
        return annotation.class_value
    if annotation.value is not None:
        return annotation.value
    msg = f"Revision {annotation.revision} of {annotation.case} holds no mask, no class and no value."
    raise ProjectError(msg)


def judge(
    session: Session,
    task: str,
    ensemble: Ensemble,
    cases: Sequence[Case],
    truth: Callable[[Case], Truth],
    progress: Progress,
    confirmed: Mapping[str, SliceRanges] | None = None,
    observers: Sequence[Observer] = (),
) -> Evaluation:
    """Compare an ensemble's answers with the truth, case by case, and sum up."""
    rows = compare(session, task, ensemble, cases, truth, progress, confirmed, observers)
    return session.task(task).summarise(rows, session.scheme(task))


def compare(
    session: Session,
    task: str,
    ensemble: Ensemble,
    cases: Sequence[Case],
    truth: Callable[[Case], Truth],
    progress: Progress,
    confirmed: Mapping[str, SliceRanges] | None = None,
    observers: Sequence[Observer] = (),
) -> list[tuple[float, ...]]:
    """Reduce each case to the numbers that the task sums up.

    Of cases named in `confirmed`, only those slices are compared: of the others nobody knows the truth. A
    temperature changes no decision, so probabilities are compared as the ensemble gives them.
    """
    behind = session.task(task)
    scheme = session.scheme(task)
    rows = []
    for case in cases:
        progress.check()
        prepared = prepared_case(session, case, ensemble.plan, ensemble.target)
        samples = _in_range(ensemble.samples(prepared, progress), scheme)
        if ensemble.target is Target.VALUE:
            answer = _value_prediction(samples, scheme, _UNSCORED)
        else:
            answer = _prediction(ensemble, scheme, samples.mean(axis=0), _UNSCORED, None)
        right, slices = truth(case), (confirmed or {}).get(case.name)
        if slices is not None and isinstance(right, np.ndarray):
            answer, right = _only(answer, right, slices)
        rows.append(behind.compare(answer, right, scheme))
        for observe in observers:
            observe(case, answer, right, prepared.grid)
    return rows


def _only(answer: Prediction, truth: LabelArray, slices: SliceRanges) -> tuple[Prediction, LabelArray]:
    """Cut both down to some slices."""
    keep = as_flags(slices, len(truth))
    mask = None if answer.mask is None else answer.mask[keep]
    return replace(answer, mask=mask, probabilities=answer.probabilities[:, keep]), truth[keep]


def _in_range(samples: Samples, scheme: LabelScheme) -> Samples:
    """Bring values into the range of what is measured; probabilities are returned as they are."""
    return samples if scheme.quantity is None else scheme.quantity.clip(samples)


def _edit(samples: Samples, mean: FloatArray, grid: Grid) -> EditSize | None:
    """Guess what a correction will take from the masks of all who were asked."""
    shown = mean.argmax(axis=0).astype(np.uint8)
    return expected_edit([sample.argmax(axis=0).astype(np.uint8) for sample in samples], shown, grid.spacing_mm)


def _value_prediction(samples: Samples, scheme: LabelScheme, score: CaseScore) -> Prediction:
    """Turn what the members say, (S, 1), into an answer: their mean, and how far they lie apart."""
    quantity = scheme.measured
    said = samples[:, 0].astype(np.float64)
    value = min(max(float(said.mean()), quantity.low), quantity.high)
    return Prediction(score, samples.mean(axis=0), value=value, spread=float(said.std()))


def _prediction(
    ensemble: Ensemble, scheme: LabelScheme, mean: FloatArray, score: CaseScore, uncertainty: FloatArray | None
) -> Prediction:
    """Turn the ensemble's mean (C, ...) into an answer in stored values."""
    best = mean.argmax(axis=0).astype(np.uint8)
    if ensemble.target is Target.CLASS:
        return Prediction(score, mean, class_value=scheme.values[int(best)])
    if ensemble.plan.particulars.keep_largest:
        best = largest_parts(best)
    return Prediction(score, mean, mask=scheme.to_values(best), uncertainty=uncertainty)
