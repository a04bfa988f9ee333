"""The work list: which case next, and why."""

from dataclasses import dataclass, replace

from napari_medal.core.case import Case, CaseState, Split
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.score import CaseScore
from napari_medal.core.slice_ranges import in_words
from napari_medal.core.strategy import Ranked
from napari_medal.core.verification import Stage
from napari_medal.loop.audit_draw import with_audits
from napari_medal.loop.comparable import comparable
from napari_medal.loop.counted import counted
from napari_medal.loop.pool import pool_of
from napari_medal.loop.rule_out import ruled_out
from napari_medal.loop.session import Session
from napari_medal.loop.stage_words import stage_in_words, standing_in_words
from napari_medal.loop.verification import stages

_WAITING = (CaseState.NEW, CaseState.PREDICTED, CaseState.IN_PROGRESS, CaseState.ACCEPTED_IN_PART)
_AFTER_THE_RANKED = {
    CaseState.NEEDS_SECOND_LOOK: 1,
    CaseState.SKIPPED: 2,
    CaseState.ACCEPTED: 3,
    CaseState.REJECTED: 4,
    CaseState.BROKEN: 5,
}
_RULED_OUT = 6
_TO_VERIFY = -1


@dataclass(frozen=True)
class WorkItem:
    """A line of the work list.

    Args:
        rank: Place among the cases that wait for a label, from 1; None for the others.
        case: The case.
        score: What the live model's uncertainty is, if it has seen the case.
        reason: Why the case stands where it stands.
        overview: The live model's answer in a few words.
        reader: Who gave the last annotation; "" without one.
        comments: How many comments readers have left.
        is_audit: Whether it was drawn at random, to measure the model.
        numbers: The figures behind the reason, by name.
        stage: Where its label stands on its way to a second reader.
    """

    rank: int | None
    case: Case
    score: CaseScore | None
    reason: str
    overview: str
    reader: str
    comments: int = 0
    is_audit: bool = False
    numbers: tuple[tuple[str, float], ...] = ()
    stage: Stage = Stage.NOT_ASKED

    @property
    def standing(self) -> str:
        """Where the case stands, in words: what its label waits for, or its state."""
        return standing_in_words(self.case.state, self.stage)


def rank(
    session: Session, task: str, strategy: str | None = None, seed: int | None = None, audits_within: int = 1
) -> list[Ranked]:
    """Order the cases that wait for a label, or for the rest of one, the most valuable first; audits in their places.

    Args:
        session: The session.
        task: The task.
        strategy: Another strategy than the project's own, by name.
        seed: Another seed than the project's own.
        audits_within: Audits that are due in so many first places are drawn; 0 leaves audits out altogether.
    """
    settings = session.project.settings
    whole = _whole(session, task)
    away = whole | ruled_out(session, task).keys()
    waiting = [case for case in session.project.cases.all() if _waits(case) and case.name not in away]
    chosen = session.extensions.strategies.get(strategy or session.project.task_settings(task).strategy)
    seed = settings.training.seed if seed is None else seed
    ranked = chosen.rank(pool_of(session, task, waiting, seed))
    return with_audits(session, task, ranked, len(whole), seed, audits_within) if audits_within else ranked


def work_list(session: Session, task: str, reader: str = "") -> list[WorkItem]:
    """Return every case: the ranked ones first, then those to verify, put aside, accepted, broken, and ruled out.

    Args:
        session: The session.
        task: The task.
        reader: Who looks: before a reader's own first label, a second read shows nothing of what the model says; and
            nobody verifies their own labels.
    """
    listing = _Listing(session, task, reader)
    ranked = rank(session, task)
    head = [listing.ranked(entry, place) for place, entry in enumerate(ranked, start=1)]
    rest = sorted(listing.cases.keys() - {entry.case for entry in ranked})
    rest.sort(key=listing.place_of)
    return head + [listing.item(name, None, listing.why_not_ranked(name)) for name in rest]


class _Listing:
    """Makes the lines of one work list."""

    def __init__(self, session: Session, task: str, reader: str) -> None:
        project = session.project
        self.cases = {case.name: case for case in project.cases.all()}
        self._annotations = project.annotations.latest(task)
        live = project.models.live(task)
        self._seen = {} if live is None else project.predictions.by(task, live.number)
        self._scored = comparable(session, task, self._seen)
        self._ruled_out = ruled_out(session, task)
        self._comments = project.notes.count_comments()
        self._mode = project.task_settings(task).reading
        self._labels = counted(session, task)
        self._stages = stages(session, task, self._labels, reader)
        self._read = {name for name, found in self._annotations.items() if found.reader == reader}

    def ranked(self, entry: Ranked, place: int) -> WorkItem:
        """Return the line of a case that has a place in the ranking."""
        item = self.item(entry.case, place, entry.reason)
        return replace(item, is_audit=entry.is_audit, numbers=() if self._is_hidden(entry.case) else entry.numbers)

    def item(self, name: str, place: int | None, reason: str) -> WorkItem:
        """Return the line of a case."""
        seen = None if self._is_hidden(name) else self._seen.get(name)
        annotation = self._annotations.get(name)
        return WorkItem(
            rank=place,
            case=self.cases[name],
            score=seen.score if seen is not None and name in self._scored else None,
            reason=self._progress_in_words(name) or ("" if self._is_hidden(name) and place is not None else reason),
            stage=self._stages.get(name, Stage.NOT_ASKED),
            overview="" if seen is None or self._mode is ReadingMode.TRIAGE else seen.overview,
            reader="" if annotation is None else annotation.reader,
            comments=self._comments.get(name, 0),
        )

    def place_of(self, name: str) -> int:
        """Return where a case without a rank stands among those."""
        if self._stages.get(name) is Stage.TO_VERIFY:
            return _TO_VERIFY
        return _RULED_OUT if name in self._ruled_out else _AFTER_THE_RANKED.get(self.cases[name].state, 0)

    def why_not_ranked(self, name: str) -> str:
        """Say why a case has no place in the ranking, where its state does not."""
        case = self.cases[name]
        if case.broken_reason or name in self._ruled_out:
            return case.broken_reason or self._ruled_out[name]
        return {Split.TEST: "set aside for testing", Split.VALIDATION: "in the validation set"}.get(case.split, "")

    def _progress_in_words(self, name: str) -> str:
        """Say which part of a case is accepted, where it is a part, or what a second reader made of its label."""
        annotation, stage = self._annotations.get(name), self._stages.get(name, Stage.NOT_ASKED)
        if stage is not Stage.NOT_ASKED:
            return stage_in_words(self._labels[name], stage)
        if self.cases[name].state is not CaseState.ACCEPTED_IN_PART or annotation is None or not annotation.confirmed:
            return ""
        return f"slices {in_words(annotation.confirmed)} of {annotation.slices} accepted"

    def _is_hidden(self, name: str) -> bool:
        """Tell whether what the model says of a case is kept from the reader."""
        is_shown = name in self._read or self._stages.get(name) is Stage.TO_VERIFY
        return self._mode is ReadingMode.SECOND_READ and not is_shown


def _whole(session: Session, task: str) -> set[str]:
    """Return the cases whose label is accepted whole."""
    return {name for name, annotation in counted(session, task).items() if annotation.confirmed is None}


def _waits(case: Case) -> bool:
    return case.state in _WAITING and case.split in (Split.UNDRAWN, Split.TRAINING)
