"""Everything that a viewer shows of one case."""

from dataclasses import dataclass

from napari_medal.catalogue.models import ModelVersion
from napari_medal.catalogue.predictions import Maps, StoredPrediction
from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Case, CaseState
from napari_medal.core.file_note import FileNote
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.score import CaseScore
from napari_medal.core.shares import Bytes, Shares
from napari_medal.core.slice_ranges import SliceRanges
from napari_medal.core.stroke import Stroke
from napari_medal.core.target import Target
from napari_medal.core.verification import Stage
from napari_medal.core.volume import Volume
from napari_medal.errors import ProjectError
from napari_medal.loop.first_slice import first_slice
from napari_medal.loop.journalling import CaseJournal
from napari_medal.loop.reading_mode import sight_of
from napari_medal.loop.session import Session
from napari_medal.loop.stage_words import standing_in_words
from napari_medal.loop.starting import Ground, Origin, start_of
from napari_medal.loop.verification import stage_of, verified_by
from napari_medal.types import LabelArray


@dataclass(frozen=True, eq=False)
class OpenedCase:
    """A case, ready to be shown.

    Args:
        case: The case.
        task: The task it was opened for.
        volumes: One for each channel, canonical.
        windows: A sensible (low, high) intensity window for each channel.
        ranges: Lowest and highest intensity of each channel.
        first_slice: The axial slice to begin with, from 0.
        origin: Where `mask`, `class_value` or `value` comes from.
        mask: (Z, Y, X) label values to start from, an own copy; None for a class or a value.
        class_value: The class to start from; None when none is known, or for a mask.
        prediction: (Z, Y, X) what the model predicts, if it has.
        uncertainty: (Z, Y, X) in 255ths, if there is a map.
        probabilities: Of the prediction, (C, Z, Y, X) or (C,), if they were kept; unpacked when they are first wanted.
        score: How uncertain the model is, if it has seen the case.
        overview: The prediction in a few words; "" without one.
        started_from: Model version of the prediction that the label starts, or once started, from.
        seconds_spent: Reading time so far.
        journal: Where strokes are noted; None for a class or a value.
        undo: Steps that can be undone, oldest first.
        redo: Steps that were undone, last one first.
        restored: Strokes that were on their way when the program died.
        notices: What a reader should know of work that is not shown.
        problems: What of the journal could not be read.
        mode: How reader and model share the reading.
        why_hidden: What is kept from the reader, and until when; "" where nothing is.
        hides_labels: Whether the labels that it has already are among that.
        confirmed: The slices that are accepted, where the label is accepted in part.
        value: The number to start from; None when none is known, or for a mask or a class.
        predicted_value: What the model says, for a task that measures.
        spread: How far its members lie apart: their standard deviation.
        notes: What a person should know of its files.
        label: The accepted label that lies below, as far as the reader may see it.
        stage: Where it stands on its way to a second reader.
        seconds_of_others: What of the reading time is another reader's, whose label this one verifies.
    """

    case: Case
    task: str
    volumes: tuple[Volume, ...]
    windows: tuple[tuple[float, float], ...]
    ranges: tuple[tuple[float, float], ...]
    first_slice: int
    origin: Origin
    mask: LabelArray | None
    class_value: int | None
    prediction: LabelArray | None
    uncertainty: Bytes | None
    probabilities: Shares | None
    score: CaseScore | None
    overview: str
    started_from: int | None
    seconds_spent: float
    journal: CaseJournal | None = None
    undo: tuple[Stroke, ...] = ()
    redo: tuple[Stroke, ...] = ()
    restored: int = 0
    notices: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    mode: ReadingMode = ReadingMode.CONCURRENT
    why_hidden: str = ""
    hides_labels: bool = False
    confirmed: SliceRanges = ()
    value: float | None = None
    predicted_value: float | None = None
    spread: float | None = None
    notes: tuple[FileNote, ...] = ()
    label: Annotation | None = None
    stage: Stage = Stage.NOT_ASKED
    seconds_of_others: float = 0.0

    @property
    def standing(self) -> str:
        """Where the case stands, in words: what its label waits for, or its state."""
        return standing_in_words(self.case.state, self.stage)

    @property
    def heat(self) -> Shares | None:
        """How likely each class is at each place, (C, Z, Y, X), if that is known."""
        return self.probabilities if self.probabilities is not None and self.probabilities.ndim > 1 else None


def open_case(session: Session, task: str, name: str, reader: str = "") -> OpenedCase:
    """Read a case and the label to start from, as far as its reader may see it; work in progress comes first.

    Raises:
        ProjectError: The case is broken.
        FormatError, GeometryError: A file has been damaged since it was added.
    """
    case = session.project.cases.get(name)
    if case.state is CaseState.BROKEN:
        msg = f"Case '{name}' is broken and cannot be opened: {case.broken_reason}"
        raise ProjectError(msg)
    images = session.ahead.take(case)
    volumes = images.volumes
    sight = sight_of(session, task, name, reader)
    live = session.project.models.live(task) if sight.prediction else None
    annotation = session.project.annotations.latest(task).get(name) if sight.labels else None
    stored = _stored_prediction(session, task, live, name)
    mask = _predicted_mask(session, task, stored, volumes[0])
    maps = None if stored is None else session.project.predictions.maps(stored)
    label = annotation if annotation is not None and annotation.accepted else None
    verifies = None if label is None else verified_by(session, task, label.identifier, reader)
    start = start_of(Ground(session, task, name, volumes[0], stored, mask, annotation, verifies))
    if start.was_open:
        begin_case(session, name)
    return OpenedCase(
        case=case,
        task=task,
        volumes=volumes,
        windows=images.windows,
        ranges=images.ranges,
        first_slice=first_slice(None if stored is None else stored.score, start.mask, volumes[0].grid.shape[0]),
        origin=start.origin,
        mask=start.mask,
        class_value=start.class_value,
        prediction=mask,
        uncertainty=_uncertainty(maps),
        probabilities=None if maps is None else maps.probabilities,
        score=None if stored is None else stored.score,
        overview="" if stored is None else stored.overview,
        started_from=start.started_from,
        seconds_spent=start.seconds_spent,
        journal=start.journal,
        undo=start.undo,
        redo=start.redo,
        restored=start.restored,
        notices=start.notices,
        problems=start.problems,
        mode=session.project.task_settings(task).reading,
        why_hidden=sight.why_hidden,
        hides_labels=not sight.labels,
        confirmed=(annotation.confirmed or ()) if annotation is not None else (),
        value=start.value,
        predicted_value=None if stored is None else stored.value,
        spread=None if stored is None else stored.spread,
        notes=session.project.cases.notes(name),
        label=label,
        stage=stage_of(session, task, label, reader),
        seconds_of_others=0.0 if verifies is None else min(verifies.seconds_spent, start.seconds_spent),
    )


def begin_case(session: Session, case: str) -> None:
    """Call an untouched case, or a skipped one, one in progress: something was drawn on it."""
    if session.project.cases.get(case).state in (CaseState.NEW, CaseState.PREDICTED, CaseState.SKIPPED):
        session.project.cases.set_state(case, CaseState.IN_PROGRESS)


def unfinished_case(session: Session) -> tuple[str, str] | None:
    """Return the task and the case that were being read when the program died, if it can be opened."""
    tasks = [name for name in session.project.settings.tasks if session.task(name).target is Target.MASK]
    found = session.project.journals.unfinished(tasks)
    known = {case.name for case in session.project.cases.all() if case.state is not CaseState.BROKEN}
    return found if found is not None and found[1] in known else None


def read_ahead(session: Session, name: str) -> None:
    """Begin to read the images of the case that will probably be opened next."""
    case = session.project.cases.get(name)
    if case.state is not CaseState.BROKEN:
        session.ahead.prepare(case)


def _stored_prediction(session: Session, task: str, live: ModelVersion | None, name: str) -> StoredPrediction | None:
    return None if live is None else session.project.predictions.by(task, live.number).get(name)


def _predicted_mask(session: Session, task: str, stored: StoredPrediction | None, volume: Volume) -> LabelArray | None:
    if stored is None or stored.mask is None:
        return None
    return session.files.read_mask(stored.mask, volume.grid, session.scheme(task))


def _uncertainty(maps: Maps | None) -> Bytes | None:
    return None if maps is None or maps.uncertainty is None else maps.uncertainty.bytes
