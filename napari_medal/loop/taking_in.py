"""One found case into the project: looked at closely, and kept as simple files."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from napari_medal.catalogue.cases import NewCase
from napari_medal.core.file_note import FileNote, Verdict
from napari_medal.core.found_case import FoundImage
from napari_medal.core.reader import CloseLook
from napari_medal.core.series_source import SeriesSource
from napari_medal.errors import FormatError, GeometryError
from napari_medal.io.align import align
from napari_medal.io.checksum import sha256
from napari_medal.io.doubled_channels import doubled_channels
from napari_medal.io.letters_in_picture import letters_in_picture
from napari_medal.loop.case_files import CaseFiles
from napari_medal.loop.incoming import Incoming
from napari_medal.loop.session import Session
from napari_medal.metrics.looks import looks

_BLOCKING = (Verdict.REPAIRABLE, Verdict.REFUSED)


@dataclass
class _Taken:
    """Files with what goes with each, as they are written."""

    images: list[Path] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    sources: list[SeriesSource | None] = field(default_factory=list)


def take_in(session: Session, case: Incoming, repair: bool) -> NewCase:
    """Look at a case closely, bring its channels onto one grid, and write its files; a broken one has none.

    Raises:
        OSError: A file cannot be written.
    """
    notes = list(case.found.notes)
    try:
        seen = _look(session, case, repair, notes)
    except (FormatError, GeometryError, OSError) as error:
        return _broken(case, notes, str(error))
    if refused := [note.words for note in notes if note.verdict in _BLOCKING]:
        return _broken(case, notes, " ".join(refused))
    volumes = [volume for look, _ in seen for volume in look.volumes]
    folder = session.project.layout.images(case.name)
    if folder.is_symlink():
        words = f"{folder}: found a link in place of the case's folder; nothing is written through it. Take it away."
        return _broken(case, notes, words)
    files = CaseFiles(session.files, folder, case.name, len(volumes), case.hides_names)
    taken = _Taken()
    for image, (look, changed) in zip(case.found.images, seen, strict=True):
        written = files.take(image, look, changed)
        taken.images += written
        taken.channels += _names(image, look, len(written))
        taken.sources += [look.source] * len(written)
    return NewCase(
        case.name,
        case.subject,
        tuple(taken.images),
        tuple(sha256(path) for path in taken.images),
        looks=looks(tuple(volumes)),
        notes=_told(case, notes),
        channels=tuple(taken.channels),
        sources=tuple(taken.sources),
    )


def _look(session: Session, case: Incoming, repair: bool, notes: list[FileNote]) -> list[tuple[CloseLook, bool]]:
    """Return each image on the grid of the first, and whether it was changed; what is odd is added to `notes`."""
    seen: list[tuple[CloseLook, bool]] = []
    first_path = case.found.images[0].files[0]
    for image in case.found.images:
        look = session.files.look(image, repair)
        notes += [*look.notes, *letters_in_picture(session.files, image, look)]
        changed = any(note.verdict is Verdict.REPAIRED for note in look.notes)
        if seen and seen[0][0].volumes and look.volumes:
            aligned = align(seen[0][0], first_path, look, image.files[0], repair)
            if aligned.note is not None:
                notes.append(aligned.note)
                look, changed = replace(look, volumes=aligned.volumes), True
        seen.append((look, changed))
    notes += doubled_channels([(image, look) for image, (look, _) in zip(case.found.images, seen, strict=True)])
    return seen


def _names(image: FoundImage, look: CloseLook, count: int) -> list[str]:
    """Return the name of each file's channel: the reader's, else the folder's."""
    if len(look.names) == count:
        return list(look.names)
    if len(image.channels) == count:
        return list(image.channels)
    return [image.name] * count if count == 1 else [""] * count


def _broken(case: Incoming, notes: list[FileNote], reason: str) -> NewCase:
    told = _told(case, notes)
    return NewCase(case.name, case.subject, (), (), broken_reason=case.told(reason), notes=told)


def _told(case: Incoming, notes: list[FileNote]) -> tuple[FileNote, ...]:
    return tuple(replace(note, words=case.told(note.words)) for note in dict.fromkeys(notes))
