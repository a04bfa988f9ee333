"""The journal of a case: everything that a reader draws, on disk as it is drawn."""

import errno
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from napari_medal.atomic import write_atomic
from napari_medal.catalogue.journal_record import MAGIC, Kind, Record, frame, scan
from napari_medal.catalogue.journal_replay import Replay, folded

LONGEST_RECORDS = 400
"""A journal is folded after so many records."""
LONGEST_BYTES = 32 << 20
"""And after so many bytes."""

_TIME = "%Y%m%d-%H%M%S-%f"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Stamp:
    """Which file it is, and how long."""

    inode: int
    size: int


class Journal:
    """The journal of one case and task. One thread at a time may append.

    The content is kept in memory as well, so that a file that somebody else has changed, moved or deleted is written
    anew, whole.

    Args:
        path: The file; the project's folder is the third above it.
        content: What it holds: whole records only, the first one a base.
        aside: The folder where another program's journal of the same case is put, should there be one.
        is_written: Whether the file exists; it may be longer than `content` by a record that was never finished.
    """

    def __init__(self, path: Path, content: bytes, aside: Path, *, is_written: bool) -> None:
        self.path = path
        self._content = bytearray(content)
        self._aside = aside
        self._stamp = _stamp(path) if is_written else None
        self._folded_bytes = len(content)
        self._records_since = 0

    @classmethod
    def begin(cls, path: Path, base: Record, aside: Path) -> "Journal":
        """Return a journal that is written with its first records."""
        return cls(path, MAGIC + frame(base), aside, is_written=False)

    @property
    def is_written(self) -> bool:
        """Whether there is anything on disk."""
        return self._stamp is not None

    def append(self, records: Sequence[Record]) -> None:
        """Write records; they are on the disk when this returns, and none of them counts when it raises.

        Raises:
            OSError: The disk is full, or the folder cannot be reached.
        """
        if not self.path.parents[2].is_dir():
            raise FileNotFoundError(errno.ENOENT, "The project's folder cannot be reached", str(self.path.parents[2]))
        is_ours = self._stamp is not None and _stamp(self.path) == self._stamp
        if self.is_written and not is_ours and all(record.kind is Kind.LEFT for record in records):
            return
        frames = b"".join(frame(record) for record in records)
        if is_ours:
            self._extend(frames)
        else:
            if self.path.exists():
                put_aside(self.path, self._aside)  # another program has drawn on the case
            self._replace(bytes(self._content) + frames)
        self._content += frames
        self._records_since += len(records)
        self._fold_if_long()

    def write_whole(self) -> None:
        """Write the whole journal, in place of what is there."""
        self._replace(bytes(self._content))

    def _extend(self, frames: bytes) -> None:
        try:
            with self.path.open("rb+") as stream:
                stream.truncate(len(self._content))
                stream.seek(len(self._content))
                stream.write(frames)
                stream.flush()
                os.fsync(stream.fileno())
        finally:
            self._stamp = _stamp(self.path)

    def _replace(self, content: bytes) -> None:
        write_atomic(self.path, lambda temporary: _write(temporary, content))
        self._stamp = _stamp(self.path)

    def _fold_if_long(self) -> None:
        """Fold old strokes into the base; the journal is whole without it, so a full disk does no harm here."""
        if self._records_since < LONGEST_RECORDS and len(self._content) - self._folded_bytes < LONGEST_BYTES:
            return
        self._records_since = 0
        first, *rest = scan(bytes(self._content)).records
        replay = Replay(first).run(rest)
        if replay.mark is not None:
            return
        content = MAGIC + b"".join(frame(record) for record in folded(replay))
        try:
            self._replace(content)
        except OSError as error:
            _log.warning("%s could not be shortened: %s", self.path, error)
        else:
            self._content = bytearray(content)
        self._folded_bytes = len(self._content)


def put_aside(path: Path, folder: Path) -> Path:
    """Move a journal that does not count any more into a folder, under the time; return where it is."""
    folder.mkdir(parents=True, exist_ok=True)
    target = _free_place(folder)
    path.rename(target)
    return target


def keep_copy(path: Path, folder: Path) -> Path:
    """Copy a journal into a folder, under the time; return where it is."""
    content = path.read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    target = _free_place(folder)
    write_atomic(target, lambda temporary: _write(temporary, content))
    return target


def put_aside_at(path: Path) -> datetime:
    """Return when a journal was put aside."""
    return datetime.strptime(path.stem, _TIME).replace(tzinfo=UTC)


def _free_place(folder: Path) -> Path:
    places = iter(lambda: folder / f"{datetime.now(UTC):{_TIME}}.journal", None)
    return next(place for place in places if not place.exists())


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return _Stamp(found.st_ino, found.st_size)


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
