"""Cases and subjects."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from napari_medal.catalogue.layout import Layout
from napari_medal.catalogue.schema import CaseRow, ImageRow, SubjectRow
from napari_medal.core.case import Case, CaseState, Split
from napari_medal.core.file_note import FileNote, NoteKind, Verdict
from napari_medal.core.series_source import SeriesSource
from napari_medal.errors import ProjectError, UnknownCaseError


@dataclass(frozen=True)
class NewCase:
    """A case to enter: its files lie in the project folder already, unless it is broken.

    Args:
        name: Unique in the project.
        subject: The patient's pseudonym.
        images: One file for each channel.
        checksums: The SHA-256 of each.
        broken_reason: Why it cannot be used, if it cannot.
        looks: What its images look like (`metrics.looks`).
        notes: What a person should know of its files.
        channels: The name of each channel; empty where nothing says them.
        sources: The DICOM series of each channel; empty where there is none.
    """

    name: str
    subject: str
    images: tuple[Path, ...]
    checksums: tuple[str, ...]
    broken_reason: str = ""
    looks: tuple[float, ...] | None = None
    notes: tuple[FileNote, ...] = ()
    channels: tuple[str, ...] = ()
    sources: tuple[SeriesSource | None, ...] = ()


_SOURCE = TypeAdapter(SeriesSource)


class Cases:
    """The cases of a project."""

    def __init__(self, sessions: sessionmaker[Session], layout: Layout) -> None:
        self._sessions = sessions
        self._layout = layout

    def add(self, new: Sequence[NewCase]) -> None:
        """Enter cases; a subject that is new comes in undrawn.

        Raises:
            ProjectError: One of the names is taken.
        """
        with self._sessions.begin() as session:
            taken = set(session.scalars(select(CaseRow.name)))
            subjects = {row.name: row for row in session.scalars(select(SubjectRow))}
            for case in new:
                if case.name in taken:
                    msg = f"The project already has a case '{case.name}'."
                    raise ProjectError(msg)
                taken.add(case.name)
                if case.subject not in subjects:
                    subjects[case.subject] = SubjectRow(name=case.subject, split=Split.UNDRAWN.value)
                session.add(self._row(case, subjects[case.subject]))

    def mend(self, again: Sequence[NewCase]) -> None:
        """Enter broken cases anew that have no files, now that they were found again; subjects stay.

        Raises:
            ProjectError: One of them is not broken, or has files.
            UnknownCaseError: The project has no such case.
        """
        with self._sessions.begin() as session:
            for case in again:
                row = case_row(session, case.name, for_update=True)
                if row.state != CaseState.BROKEN.value or row.images:
                    msg = (
                        f"Case '{case.name}' is {row.state} and has {len(row.images)} files; only broken ones without."
                    )
                    raise ProjectError(msg)
                self._fill(row, case)

    def take_back(self, names: Iterable[str]) -> list[str]:
        """Take new cases out again that nothing refers to yet, such as labels; return those that are out."""
        out = []
        for name in names:
            try:
                with self._sessions.begin() as session:
                    row = case_row(session, name, for_update=True)
                    for image in row.images:
                        session.delete(image)
                    session.flush()
                    session.execute(delete(CaseRow).where(CaseRow.id == row.id))
            except IntegrityError:
                continue
            out.append(name)
        return out

    def all(self) -> list[Case]:
        """Return every case, sorted by name."""
        with self._sessions() as session:
            return [self._case(row) for row in session.scalars(select(CaseRow).order_by(CaseRow.name))]

    def get(self, name: str) -> Case:
        """Return one case.

        Raises:
            UnknownCaseError: The project has no such case.
        """
        with self._sessions() as session:
            return self._case(case_row(session, name))

    def notes(self, name: str) -> tuple[FileNote, ...]:
        """Return what a person should know of the files of a case.

        Raises:
            UnknownCaseError: The project has no such case.
        """
        with self._sessions() as session:
            return _notes(case_row(session, name).notes)

    def all_notes(self) -> dict[str, tuple[FileNote, ...]]:
        """Return what a person should know of the files of each case, by name, where there is anything."""
        with self._sessions() as session:
            query = select(CaseRow.name, CaseRow.notes).where(CaseRow.notes.is_not(None)).order_by(CaseRow.name)
            return {name: _notes(kept) for name, kept in session.execute(query)}

    def sources(self, name: str) -> tuple[SeriesSource | None, ...]:
        """Return the DICOM series of each channel of a case; None for a channel that comes from none.

        Raises:
            UnknownCaseError: The project has no such case.
        """
        with self._sessions() as session:
            kept = [image.source for image in case_row(session, name).images]
            return tuple(None if source is None else _SOURCE.validate_python(source) for source in kept)

    def set_state(self, name: str, state: CaseState) -> None:
        """Move a case to another state."""
        with self._sessions.begin() as session:
            case_row(session, name).state = state.value

    def mark_predicted(self, names: Iterable[str]) -> None:
        """Move new cases to predicted; one that a reader has taken up meanwhile stays where it is."""
        with self._sessions.begin() as session:
            session.execute(
                update(CaseRow)
                .where(CaseRow.name.in_(list(names)), CaseRow.state == CaseState.NEW.value)
                .values(state=CaseState.PREDICTED.value)
            )

    def set_broken(self, name: str, reason: str) -> None:
        """Put a case aside, with the reason."""
        with self._sessions.begin() as session:
            row = case_row(session, name)
            row.state = CaseState.BROKEN.value
            row.broken_reason = reason

    def looks(self) -> dict[str, tuple[float, ...]]:
        """Return what the images of each case look like, by name, as far as they were looked at."""
        with self._sessions() as session:
            rows = session.execute(select(CaseRow.name, CaseRow.looks).where(CaseRow.looks.is_not(None)))
            return {name: tuple(looks) for name, looks in rows if looks is not None}

    def set_looks(self, looks: Mapping[str, Sequence[float]]) -> None:
        """Note what the images of cases look like."""
        with self._sessions.begin() as session:
            for name, numbers in looks.items():
                case_row(session, name).looks = [float(number) for number in numbers]

    def checksums(self) -> dict[str, tuple[str, ...]]:
        """Return the SHA-256 of the channels of each case, in order, by name."""
        with self._sessions() as session:
            rows = session.scalars(select(CaseRow).order_by(CaseRow.name))
            return {row.name: tuple(image.sha256 for image in row.images) for row in rows}

    def draw(self, subjects: Iterable[str], split: Split) -> None:
        """Put undrawn subjects into a split, for good.

        Raises:
            ProjectError: A subject was drawn before: splits never change.
        """
        with self._sessions.begin() as session:
            for name in subjects:
                row = session.scalars(select(SubjectRow).where(SubjectRow.name == name)).one()
                if row.split != Split.UNDRAWN.value:
                    msg = f"Subject '{name}' is in the {row.split} set and stays there."
                    raise ProjectError(msg)
                row.split = split.value

    def _row(self, case: NewCase, subject: SubjectRow) -> CaseRow:
        return self._fill(CaseRow(name=case.name, subject=subject, added_at=datetime.now(UTC)), case)

    def _fill(self, row: CaseRow, case: NewCase) -> CaseRow:
        """Write what was found of a case into its row."""
        channels = case.channels or ("",) * len(case.images)
        sources = case.sources or (None,) * len(case.images)
        files = enumerate(zip(case.images, case.checksums, channels, sources, strict=True))
        row.state = (CaseState.BROKEN if case.broken_reason else CaseState.NEW).value
        row.broken_reason = case.broken_reason
        row.looks = None if case.looks is None else list(case.looks)
        row.notes = [[note.kind.value, note.verdict.value, note.words] for note in case.notes] or None
        row.images = [
            ImageRow(
                channel=channel,
                path=self._layout.relative(path),
                sha256=checksum,
                name=name,
                source=None if source is None else _SOURCE.dump_python(source, mode="json"),
            )
            for channel, (path, checksum, name, source) in files
        ]
        return row

    def _case(self, row: CaseRow) -> Case:
        return Case(
            name=row.name,
            subject=row.subject.name,
            split=Split(row.subject.split),
            state=CaseState(row.state),
            images=tuple(self._layout.absolute(image.path) for image in row.images),
            broken_reason=row.broken_reason,
            difficulty=row.difficulty,
            tags=tuple(tag.tag for tag in row.tags),
            channels=tuple(image.name for image in row.images),
        )


def _notes(kept: list[list[str]] | None) -> tuple[FileNote, ...]:
    return tuple(FileNote(NoteKind(kind), Verdict(verdict), words) for kind, verdict, words in kept or [])


def case_row(session: Session, name: str, for_update: bool = False) -> CaseRow:
    """Return the row of a case, locked until the transaction ends if it is wanted `for_update`.

    Raises:
        UnknownCaseError: There is none.
    """
    query = select(CaseRow).where(CaseRow.name == name)
    row = session.scalars(query.with_for_update(of=CaseRow) if for_update else query).one_or_none()
    if row is None:
        msg = f"The project has no case '{name}'."
        raise UnknownCaseError(msg)
    return row
