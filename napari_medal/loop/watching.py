"""A folder that is looked at from time to time, for cases that came in."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from napari_medal.core.case import CaseState
from napari_medal.core.found_case import FoundCase
from napari_medal.core.progress import Progress
from napari_medal.errors import FormatError
from napari_medal.loop.adding import AddReport, Source, add_cases
from napari_medal.loop.session import Session

EVERY_SECONDS = 10.0
"""Time between two looks; network shares may show a size that is some seconds old."""


@dataclass(frozen=True)
class _Stamp:
    """What changes while a file is being written."""

    size: int
    mtime_ns: int


class WatchedFolder:
    """Adds the cases of a folder as soon as their files have ceased to change.

    A file has settled when its size and its time were the same at two looks running. A case in single files waits for
    those; one in many, such as a DICOM series, for everything in their folders, as another slice may be on its way.
    Labels in a folder of their own are waited for as a whole, and may come to any case that has none. A broken case is
    told of once, and again when one of its files has changed.

    Args:
        source: Where cases come from.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._seen: dict[Path, _Stamp] = {}
        self._settled: frozenset[Path] = frozenset()
        self._restless: frozenset[Path] = frozenset()
        self._handled: dict[Path, _Stamp] = {}

    def look(self) -> bool:
        """Look at the folder, and tell whether something is to be added; no file is opened.

        Raises:
            FormatError: The folder is missing.
        """
        now = {path: stamp for root in self._roots() for path, stamp in _stamps(root)}
        settled = frozenset(path for path, stamp in now.items() if self._seen.get(path) == stamp)
        self._seen, self._settled = now, settled
        self._restless = frozenset(path.parent for path in now.keys() - settled)
        if self._labels_are_restless():
            return False
        return any(self._handled.get(path) != now[path] for path in settled)

    def is_due(self, case: FoundCase) -> bool:
        """Tell whether a case is to be added, by the last look."""
        files = _files_of(case)
        return all(map(self._has_settled, files)) and not self._waits(case) and not all(map(self._is_handled, files))

    def add(self, session: Session, progress: Progress) -> AddReport:
        """Add what is due; the rest waits for another look.

        Raises:
            FormatError: The folder cannot be read, or contradicts itself; it is told once, until something changes.
        """
        waiting: set[Path] = set()
        labelable = self._labelable(session)

        def is_wanted(name: str, case: FoundCase) -> bool:
            if not all(map(self._has_settled, _files_of(case))) or self._waits(case):
                waiting.update(_files_of(case))
                return False
            return self.is_due(case) or name in labelable

        try:
            report = add_cases(session, replace(self._source, only=is_wanted), progress)
        except FormatError:
            self._note_handled(waiting)
            raise
        self._note_handled(waiting)
        return report

    def _labelable(self, session: Session) -> frozenset[str]:
        """Return the cases that a label may have come to in a folder of labels, which has changed."""
        labels = self._source.labels
        if labels is None or all(self._is_handled(path) for path in self._settled if path.is_relative_to(labels)):
            return frozenset()
        return frozenset(case.name for case in session.project.cases.all() if case.state is not CaseState.BROKEN)

    def _roots(self) -> tuple[Path, ...]:
        labels = self._source.labels
        return (self._source.images,) if labels is None else (self._source.images, labels)

    def _labels_are_restless(self) -> bool:
        labels, images = self._source.labels, self._source.images
        if labels is None or images.is_relative_to(labels):
            return False
        return any(path.is_relative_to(labels) for path in self._seen.keys() - self._settled)

    def _has_settled(self, path: Path) -> bool:
        """Tell whether a file has settled; one that a link leads to elsewhere counts as such."""
        return path in self._settled or not any(path.is_relative_to(root) for root in self._roots())

    def _waits(self, case: FoundCase) -> bool:
        many = [image for image in case.images if len(image.files) > 1]
        return any(path.parent in self._restless for image in many for path in image.files)

    def _is_handled(self, path: Path) -> bool:
        return path in self._handled and self._handled[path] == self._seen.get(path)

    def _note_handled(self, waiting: set[Path]) -> None:
        self._handled |= {path: self._seen[path] for path in self._settled - waiting}


def _files_of(case: FoundCase) -> tuple[Path, ...]:
    images = (*case.images, case.mask) if case.mask is not None else case.images
    return tuple(path for image in images for path in image.files)


def _stamps(root: Path) -> Iterator[tuple[Path, _Stamp]]:
    """Go through the files below a folder, or the one file; what vanishes or may not be looked into is left out.

    Raises:
        FormatError: There is nothing of that name.
    """
    if not root.exists():
        msg = f"{root}: found nothing there; wanted the folder that is watched."
        raise FormatError(msg)
    if root.is_file():
        yield root, _stamp(root.stat())
        return
    entered: set[tuple[int, int]] = set()
    folders = [root]
    while folders:
        folder = folders.pop()
        try:
            place = folder.stat()
            if (place.st_dev, place.st_ino) in entered:  # a link may lead in a circle
                continue
            entered.add((place.st_dev, place.st_ino))
            paths = [Path(entry) for entry in os.scandir(folder)]
        except OSError:
            continue
        for path in paths:
            with suppress(OSError):
                found = _stat(path)
                if stat.S_ISDIR(found.st_mode):
                    folders.append(path)
                else:
                    yield path, _stamp(found)


def _stat(path: Path) -> os.stat_result:
    """Look a file up; a link that leads nowhere has a time of its own."""
    try:
        return path.stat()
    except OSError:
        return path.lstat()


def _stamp(found: os.stat_result) -> _Stamp:
    return _Stamp(found.st_size, found.st_mtime_ns)
