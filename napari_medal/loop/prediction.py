"""Predict the cases that wait for a label, and keep what the model says of them."""

from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass

from napari_medal.catalogue.models import ModelVersion
from napari_medal.catalogue.predictions import Maps, NewPrediction
from napari_medal.core.case import Case, CaseState, Split
from napari_medal.core.progress import Progress
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.shares import Shares
from napari_medal.engine.dropping import without_dropout
from napari_medal.engine.ensemble import Ensemble
from napari_medal.engine.kept_memory import kept_memory
from napari_medal.engine.prepare import Prepared
from napari_medal.engine.weights import load_members
from napari_medal.errors import FormatError, GeometryError, ModelError
from napari_medal.io.nifti import write_mask
from napari_medal.loop.calibration import temperature_of
from napari_medal.loop.comparable import is_in_force
from napari_medal.loop.judging import Answer, load_ensemble, predict_cases, prepared_case, project_device
from napari_medal.loop.labelled import Unreadable
from napari_medal.loop.looking import look_at
from napari_medal.loop.prepared_ahead import prepared_ahead
from napari_medal.loop.ranking import rank
from napari_medal.loop.rule_out import predicted_amount
from napari_medal.loop.session import Session

_PUT_AWAY = (CaseState.BROKEN, CaseState.REJECTED)
_KEPT_AT_ONCE = 16
"""Predictions entered in one transaction: a crash loses at most these, and the disk is not flushed for each."""
_AHEAD = 2
"""Cases that are prepared while one is answered for."""


@dataclass(frozen=True)
class PredictReport:
    """Which model predicted how many cases, and those that could not be read."""

    model: ModelVersion
    cases: int
    unreadable: tuple[Unreadable, ...]


def predict(
    session: Session, task: str, progress: Progress, cases: Sequence[str] | None = None, missing_only: bool = False
) -> PredictReport:
    """Let the live model predict.

    Args:
        session: The session.
        task: The task.
        progress: Told of each case.
        cases: Names of the cases; by default all that wait for an annotation and are not set aside for testing, in the
            order that earlier scores put them in, so that the list is right at its head first.
        missing_only: Leave out cases of which this model's prediction is there already, with its maps if it has any and
            a score by the measure that the task asks for.

    Raises:
        ModelError: There is no live model yet, or it is to be asked with dropout and was trained without.
        JobCancelled: The person cancelled; what was predicted so far is kept.
    """
    live = session.project.models.live(task)
    if live is None:
        msg = f"The task '{task}' has no model yet: accept some labels, then train."
        raise ModelError(msg)
    if session.project.task_settings(task).asking.dropout_passes and live.plan.dropout == 0.0:
        raise ModelError(without_dropout())
    wanted = _waiting(session, task) if cases is None else [session.project.cases.get(name) for name in cases]
    if missing_only:
        known = session.project.predictions.by(task, live.number)
        there = {name for name, found in known.items() if found.is_whole and is_in_force(session, task, found)}
        wanted = [case for case in wanted if case.name not in there]
    if cases is None:
        look_at(session, progress)
        wanted = _most_worth_first(session, task, wanted)
    run = _Run(session, task, live, progress)
    unreadable = run.predict(wanted)
    if cases is None and not missing_only:
        run.note_features_of_taught()
    session.project.predictions.prune_maps(task, keep=live.number)
    return PredictReport(live, len(wanted) - len(unreadable), tuple(unreadable))


class _Run:
    """One pass over the cases with one model version."""

    def __init__(self, session: Session, task: str, model: ModelVersion, progress: Progress) -> None:
        self._session = session
        self._task = task
        self._model = model
        self._progress = progress
        self._device = project_device(session)
        self._temperature = temperature_of(model.folder)
        self._recipe = session.extensions.recipes.get(model.recipe)
        self._previous = _previous(session, task, model)
        self._ensembles: dict[int, Ensemble] = {}
        self._waiting: list[tuple[Case, Prepared]] = []
        self._unreadable: list[Unreadable] = []
        self._done = 0
        self._finished: list[NewPrediction] = []

    def predict(self, cases: Sequence[Case]) -> list[Unreadable]:
        """Predict each case, entering results as they come; return those that could not be read."""
        made = prepared_ahead(cases, self._prepared, _AHEAD, self._progress)
        try:
            with closing(made), kept_memory(self._device):
                for case, prepared in made:
                    self._progress.step(self._done, len(cases), "Predicting")
                    self._take(case, prepared)
                self._answer()
        finally:
            self._enter()
        return self._unreadable

    def note_features_of_taught(self) -> None:
        """Note where the cases lie that the model was trained on, for strategies that seek others."""
        project = self._session.project
        taught = [
            found
            for found in project.annotations.current(self._task).values()
            if found.identifier in self._model.annotations
        ]
        features: dict[int, tuple[float, ...]] = {}
        for done, annotation in enumerate(taught):
            self._progress.step(done, len(taught), "Looking at labelled cases")
            try:
                case = project.cases.get(annotation.case)
                prepared = self._prepared(case)
                features[annotation.identifier] = self._ensemble(case, prepared).features(prepared)
            except (FormatError, GeometryError, OSError):
                continue  # it was left out of the training for the same reason, or its files have gone since
        project.models.set_features(self._task, self._model.number, features)

    def _take(self, case: Case, prepared: Future[Prepared]) -> None:
        """Answer for a case, or put it beside those before it where they are answered for together."""
        try:
            found = prepared.result()
            ensemble = self._ensemble(case, found)
        except (FormatError, GeometryError, OSError) as error:
            self._answer()
            self._done += 1
            self._unreadable.append(Unreadable(case.name, str(error)))
            return
        if self._waiting and found.image.shape != self._waiting[0][1].image.shape:
            self._answer()
        self._waiting.append((case, found))
        if len(self._waiting) >= ensemble.together(found):
            self._answer()

    def _answer(self) -> None:
        """Answer for the cases that were put beside each other."""
        cases, self._waiting = self._waiting, []
        if not cases:
            return
        ensemble = self._ensemble(*cases[0])
        prepared = [found for _, found in cases]
        answers = predict_cases(self._session, self._task, prepared, ensemble, self._progress, self._temperature)
        for (case, found), answer in zip(cases, answers, strict=True):
            self._keep(case, answer, ensemble.features(found))

    def _keep(self, case: Case, answer: Answer, features: tuple[float, ...]) -> None:
        """Write an answer down; a case whose files have gone meanwhile counts as one that could not be read."""
        self._done += 1
        try:
            self._finished.append(self._write(case, answer, features))
        except (FormatError, GeometryError, OSError) as error:
            self._unreadable.append(Unreadable(case.name, str(error)))
        if len(self._finished) >= _KEPT_AT_ONCE:
            self._enter()

    def _prepared(self, case: Case) -> Prepared:
        return prepared_case(self._session, case, self._model.plan, self._recipe.target)

    def _ensemble(self, case: Case, prepared: Prepared) -> Ensemble:
        """Return the ensemble for a case's number of channels.

        Raises:
            GeometryError: The case has other channels than the model was trained on.
            ModelError: The weights are missing or damaged.
        """
        channels = prepared.image.shape[0]
        if channels not in self._ensembles:
            load_members(self._model.folder)
            try:
                self._ensembles[channels] = load_ensemble(
                    self._session, self._model, channels, self._device, self._previous
                )
            except ModelError as error:
                msg = f"{case.name}: found {channels} channels. {error}"
                raise GeometryError(msg) from error
        return self._ensembles[channels]

    def _write(self, case: Case, answer: Answer, features: tuple[float, ...]) -> NewPrediction:
        project = self._session.project
        prediction = answer.prediction
        mask_path = None
        if prediction.mask is not None:
            mask_path = project.layout.prediction_mask(case.name, self._task, self._model.number)
            write_mask(mask_path, prediction.mask, case.images[0], answer.grid)
        maps_path = None
        if prediction.value is None:
            maps_path = project.layout.prediction_maps(case.name, self._task, self._model.number)
            uncertainty = None if prediction.uncertainty is None else Shares.of(prediction.uncertainty)
            project.predictions.write_maps(maps_path, Maps(Shares.of(prediction.probabilities), uncertainty))
        return NewPrediction(
            case=case.name,
            score=prediction.score,
            overview=answer.overview,
            mask=mask_path,
            maps=maps_path,
            class_value=prediction.class_value,
            value=prediction.value,
            spread=prediction.spread,
            amount=predicted_amount(self._session, self._task, answer),
            features=features or None,
            edit=answer.edit,
            measure=answer.measure,
        )

    def _enter(self) -> None:
        """Enter what is finished into the catalogue."""
        project = self._session.project
        project.predictions.replace(self._task, self._model.number, self._finished)
        project.cases.mark_predicted([new.case for new in self._finished])
        self._finished.clear()


def _most_worth_first(session: Session, task: str, cases: Sequence[Case]) -> list[Case]:
    """Put cases in the order that is known of them by now; those that are not ranked come last."""
    places = {entry.case: place for place, entry in enumerate(rank(session, task, audits_within=0))}
    return sorted(cases, key=lambda case: (places.get(case.name, len(places)), case.name))


def _previous(session: Session, task: str, model: ModelVersion) -> ModelVersion | None:
    """Return the version that a model was trained on from, where it is to be asked too."""
    if model.started_from is None or not session.project.task_settings(task).asking.previous:
        return None
    previous = session.project.models.get(task, model.started_from)
    return previous if previous.recipe == model.recipe and previous.plan.continues(model.plan) else None


def _waiting(session: Session, task: str) -> list[Case]:
    """Return the cases that wait for an annotation or for the rest of one, but for those set aside for testing.

    Where the model may rule out cases, it answers for the validation set too: that tells how many it would miss.
    """
    annotations = session.project.annotations.current(task)
    whole = {name for name, annotation in annotations.items() if annotation.confirmed is None}
    if session.project.task_settings(task).reading is ReadingMode.RULE_OUT:
        whole -= {case.name for case in session.project.cases.all() if case.split is Split.VALIDATION}
    return [
        case
        for case in session.project.cases.all()
        if case.name not in whole and case.state not in _PUT_AWAY and case.split is not Split.TEST
    ]
