"""Collect what is ready to leave a project."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Case, CaseState, Split
from napari_medal.core.dataset import Dataset, DatasetCase, DatasetTask
from napari_medal.core.progress import Progress, Silent
from napari_medal.errors import ExportError
from napari_medal.loop.predicted_answers import predicted_answers
from napari_medal.loop.session import Session

_CURATED = (CaseState.ACCEPTED, CaseState.ACCEPTED_IN_PART)


@dataclass(frozen=True)
class Selection:
    """Which part of the dataset is wanted; what is left empty leaves nothing out.

    Args:
        tasks: Names of the tasks.
        tags: A case needs one of them.
        splits: Where its subject is.
        verified_only: Labels that a second reader has verified, and no others.
    """

    tasks: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    splits: tuple[Split, ...] = ()
    verified_only: bool = False

    def takes(self, case: Case) -> bool:
        """Tell whether a case is wanted."""
        fits_tags = not self.tags or bool(set(self.tags) & set(case.tags))
        return fits_tags and (not self.splits or case.split in self.splits)

    def holds(self, label: Annotation) -> bool:
        """Tell whether a label is wanted."""
        return label.verified is not None or not self.verified_only


EVERYTHING = Selection()


def curated_dataset(
    session: Session,
    with_predicted: bool = False,
    selection: Selection = EVERYTHING,
    progress: Progress | None = None,
) -> Dataset:
    """Collect the accepted cases with their latest annotations, and on demand what live models say of the others.

    Raises:
        ExportError: Predictions are wanted, and there is no model yet.
        SettingsError: The project has no such task.
        JobCancelled: The person cancelled.
    """
    project = session.project
    tasks = [project.task(name) for name in selection.tasks] or list(project.settings.tasks)
    accepted = {task: project.annotations.current(task) for task in tasks}
    wanted = {
        task: {name: found[name] for name in found if selection.holds(found[name])} for task, found in accepted.items()
    }
    predicted = _predicted(session, accepted, progress or Silent()) if with_predicted else {}
    unsure = {task: _uncertainties(session, task, wanted[task]) for task in tasks}
    firsts = {task: _firsts(session, wanted[task]) for task in tasks}
    cases = []
    for case in project.cases.all():
        own = {task: wanted[task][case.name] for task in tasks if case.name in wanted[task]}
        answers = own if case.state in _CURATED else {}
        said = {task: found[case.name] for task, found in predicted.items() if case.name in found}
        if selection.takes(case) and (answers or said):
            doubts = {task: unsure[task][case.name] for task in answers if case.name in unsure[task]}
            doubts |= {task: doubt for task, (_, doubt) in said.items()}
            models = {task: annotation for task, (annotation, _) in said.items()}
            verified = {task: firsts[task][case.name] for task in answers if case.name in firsts[task]}
            cases.append(DatasetCase(case, answers, models, doubts, project.cases.sources(case.name), verified))
    meanings = {name: DatasetTask(session.task(name).target, session.scheme(name)) for name in tasks}
    return Dataset(project.settings.name, meanings, tuple(cases))


def _predicted(
    session: Session, accepted: Mapping[str, Collection[str]], progress: Progress
) -> dict[str, Mapping[str, tuple[Annotation, float]]]:
    if all(session.project.models.live(task) is None for task in accepted):
        msg = (
            f"{session.project.folder} has no model yet that could predict: train first, or export without predictions."
        )
        raise ExportError(msg)
    return {task: predicted_answers(session, task, answered, progress) for task, answered in accepted.items()}


def _firsts(session: Session, annotations: Mapping[str, Annotation]) -> dict[str, Annotation]:
    """Return the labels that second readers have verified, by case."""
    wanted = {name: found.verified.identifier for name, found in annotations.items() if found.verified is not None}
    known = session.project.annotations.by_identifier(list(wanted.values()))
    return {name: known[number] for name, number in wanted.items() if number in known}


def _uncertainties(session: Session, task: str, annotations: Mapping[str, Annotation]) -> dict[str, float]:
    """Return how unsure the model was whose answer a reader corrected, by case, as far as it is kept."""
    started = {name: annotation.started_from for name, annotation in annotations.items()}
    kept = {
        number: session.project.predictions.by(task, number)
        for number in sorted({number for number in started.values() if number is not None})
    }
    return {
        name: kept[number][name].score.uncertainty
        for name, number in started.items()
        if number is not None and name in kept[number]
    }
