"""Work in progress: kept stroke by stroke, so that nothing is lost when a case is left or the program dies."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from napari_medal.catalogue.damage import ARCHIVE_DAMAGE
from napari_medal.catalogue.drafts import load_draft
from napari_medal.catalogue.journal import Journal, keep_copy, put_aside, put_aside_at
from napari_medal.catalogue.journal_record import MAGIC, TAIL, Kind, Record, frame, last_kind, scan
from napari_medal.catalogue.journal_replay import Replay, Standing, base_record
from napari_medal.catalogue.layout import Layout
from napari_medal.catalogue.mask_code import encode_mask
from napari_medal.errors import ProjectError
from napari_medal.types import LabelArray

_CLOSED = (Kind.LEFT, Kind.ACCEPTED)


@dataclass(frozen=True, eq=False)
class KeptWork:
    """What a journal holds.

    Args:
        journal: To go on with.
        replay: The mask, its steps and where the reader stands.
        marked: (Z, Y, X) the mask as it was sent to be accepted, where the answer is not known; None otherwise.
        problem: What was damaged and where it is kept; "" if nothing was.
    """

    journal: Journal
    replay: Replay
    marked: LabelArray | None = None
    problem: str = ""


@dataclass(frozen=True)
class AsideWork:
    """A journal that does not count any more, but can be looked at."""

    path: Path
    put_aside_at: datetime


class Journals:
    """The journals of a project, one for each case and task at most, and those that were put aside."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def begin(self, case: str, task: str, standing: Standing, mask: LabelArray) -> Journal:
        """Return a new journal on (Z, Y, X) `mask`; it is written with its first stroke, and no sooner."""
        base = base_record(standing, encode_mask(mask))
        return Journal.begin(self._layout.journal(case, task), base, self._layout.put_aside(case, task))

    def load(self, case: str, task: str) -> KeptWork | None:
        """Read the journal of a case, if there is one.

        What is damaged is copied aside, and the journal goes on from the last whole record before.

        Raises:
            ProjectError: It is damaged from its beginning; it is put aside.
        """
        path = self._layout.journal(case, task)
        if not path.exists():
            return None
        aside = self._layout.put_aside(case, task)
        content = path.read_bytes()
        found = scan(content)
        replay, whole, damage = _replayed(found.records)
        damage = found.damage if whole == len(found.records) else damage
        if replay is None:
            kept = put_aside(path, aside)
            msg = f"The journal {path} is damaged from its beginning ({damage}); it is kept as {kept}."
            raise ProjectError(msg)
        marked = None if replay.mark is None else Replay(found.records[0]).run(found.records[1 : replay.mark]).mask
        if not damage:
            return KeptWork(Journal(path, content[: found.end], aside, is_written=True), replay, marked)
        kept = keep_copy(path, aside)
        sound = MAGIC + b"".join(frame(record) for record in found.records[:whole])
        journal = Journal(path, sound, aside, is_written=False)
        journal.write_whole()
        strokes = sum(record.kind is Kind.STROKE for record in found.records[:whole])
        problem = (
            f"The journal {path} is damaged: {damage}. The {strokes} strokes before are restored; it is kept as {kept}."
        )
        return KeptWork(journal, replay, marked, problem)

    def has_work(self, case: str, task: str) -> bool:
        """Tell whether anything was drawn on a case that is no annotation, here or put aside."""
        places = (self._layout.journal(case, task), self._layout.draft(case, task), self._layout.put_aside(case, task))
        return any(place.exists() for place in places)

    def take_over_draft(self, case: str, task: str, revision: int) -> None:
        """Turn the draft of an earlier version into a journal; `revision` is the annotation's that counts now.

        Raises:
            ProjectError: The draft is damaged; it is left where it is.
        """
        draft = load_draft(self._layout.draft(case, task))
        if draft is None:
            return
        if not self._layout.journal(case, task).exists():
            standing = Standing(draft.mask.shape, draft.started_from, revision, is_changed=True)
            base = base_record(standing, encode_mask(draft.mask), draft.seconds_spent)
            journal = Journal.begin(self._layout.journal(case, task), base, self._layout.put_aside(case, task))
            journal.append([Record(Kind.LEFT, draft.seconds_spent)])
        self._layout.draft(case, task).unlink()

    def put_aside(self, case: str, task: str) -> Path:
        """Move a journal that does not count any more out of the way; return where it is."""
        return put_aside(self._layout.journal(case, task), self._layout.put_aside(case, task))

    def aside(self, case: str, task: str) -> list[AsideWork]:
        """Return the journals of a case that were put aside, the newest first."""
        paths = sorted(self._layout.put_aside(case, task).glob("*.journal"), reverse=True)
        return [AsideWork(path, put_aside_at(path)) for path in paths]

    def read_aside(self, path: Path) -> LabelArray:
        """Return the mask of a journal that was put aside, (Z, Y, X), as far as it can be read.

        Raises:
            ProjectError: It is damaged from its beginning.
        """
        found = scan(path.read_bytes())
        replay, _, damage = _replayed(found.records)
        if replay is None:
            msg = f"The journal {path} is damaged from its beginning ({found.damage or damage})."
            raise ProjectError(msg)
        return replay.mask

    def unfinished(self, tasks: Iterable[str]) -> tuple[str, str] | None:
        """Return the task and the case that were being read when the program died; the last such one."""
        paths = [path for task in tasks for path in self._layout.journals(task).glob("*.journal")]
        left_open = [path for path in paths if _last_kind(path) not in _CLOSED]
        last = max(left_open, key=lambda path: path.stat().st_mtime, default=None)
        return None if last is None else (last.parent.name, last.stem)


def _replayed(records: tuple[Record, ...]) -> tuple[Replay | None, int, str]:
    """Return what comes of the records, how many of them made sense, and what is wrong with the next."""
    if not records:
        return None, 0, "it holds no whole record"
    replay, done = None, 0
    try:
        replay = Replay(records[0])
        for done, record in enumerate(records[1:], start=1):  # noqa: B007 - how far it came counts
            replay.apply(record)
    except ARCHIVE_DAMAGE as error:
        return replay, done, f"record {done} makes no sense ({error})"
    return replay, len(records), ""


def _last_kind(path: Path) -> Kind | None:
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - TAIL))
        return last_kind(stream.read())
