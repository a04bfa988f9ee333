"""Annotations: immutable revisions with provenance."""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, sessionmaker

from napari_medal.catalogue.cases import case_row
from napari_medal.catalogue.database import keep_writers_out
from napari_medal.catalogue.layout import Layout
from napari_medal.catalogue.predictions import stored_edit
from napari_medal.catalogue.schema import AnnotationRow, CaseRow
from napari_medal.core.annotation import Annotation
from napari_medal.core.edit_size import EditSize
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.slice_ranges import SliceRanges
from napari_medal.core.verified import Verified


@dataclass(frozen=True)
class NewAnnotation:
    """A reader's answer on its way in; `write_mask` writes the mask to the path it is given."""

    case: str
    task: str
    reader: str
    seconds_spent: float = 0.0
    started_from: int | None = None
    voxels_changed: int | None = None
    write_mask: Callable[[Path], None] | None = None
    class_value: int | None = None
    accepted: bool = True
    confirmed: SliceRanges | None = None
    slices: int | None = None
    labels: tuple[int, ...] | None = None
    mode: ReadingMode | None = None
    value: float | None = None
    edit: EditSize | None = None
    verified: Verified | None = None


class Annotations:
    """The annotations of a project. Nothing here changes or deletes one."""

    def __init__(self, sessions: sessionmaker[Session], layout: Layout) -> None:
        self._sessions = sessions
        self._layout = layout

    def add(self, new: NewAnnotation) -> Annotation:
        """Write the next revision: the file first, then the row that makes it count.

        The catalogue is locked from counting to commit, or two readers of one case would write the same file.

        Raises:
            ProjectError: The folder for its mask is a link.
        """
        with self._sessions.begin() as session:
            keep_writers_out(session)
            case = case_row(session, new.case, for_update=True)
            last = select(func.max(AnnotationRow.revision)).where(
                AnnotationRow.case_id == case.id, AnnotationRow.task == new.task
            )
            revision = (session.scalar(last) or 0) + 1
            row = AnnotationRow(
                case=case,
                task=new.task,
                revision=revision,
                reader=new.reader,
                created_at=datetime.now(UTC),
                seconds_spent=new.seconds_spent,
                started_from=new.started_from,
                voxels_changed=new.voxels_changed,
                class_value=new.class_value,
                accepted=new.accepted,
                confirmed=None if new.confirmed is None else [list(pair) for pair in new.confirmed],
                slices=new.slices,
                labels=None if new.labels is None else list(new.labels),
                mode=None if new.mode is None else new.mode.value,
                value=new.value,
                edit=None if new.edit is None else list(astuple(new.edit)),
                verifies=None if new.verified is None else new.verified.identifier,
                verified_changes=None if new.verified is None else new.verified.changed,
                verified_dice=None if new.verified is None else new.verified.dice,
            )
            if new.write_mask is not None:
                path = self._layout.annotation(new.case, new.task, revision)
                self._layout.require_own(path)
                new.write_mask(path)
                row.mask_path = self._layout.relative(path)
                row.mask_sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            session.add(row)
            session.flush()
            return self._annotation(row)

    def current(self, task: str) -> dict[str, Annotation]:
        """Return the latest accepted revision for each case that has one, by case name."""
        return self._last_of_each(task, AnnotationRow.accepted.is_(True))

    def latest(self, task: str) -> dict[str, Annotation]:
        """Return the latest revision for each case that has one, accepted or not, by case name."""
        return self._last_of_each(task)

    def first_hand(self, task: str) -> dict[str, Annotation]:
        """Return the latest accepted revision for each case that is no verification of another, by case name."""
        return self._last_of_each(task, AnnotationRow.accepted.is_(True), AnnotationRow.verifies.is_(None))

    def history(self, case: str, task: str) -> list[Annotation]:
        """Return all revisions for a case, oldest first."""
        with self._sessions() as session:
            rows = session.scalars(
                select(AnnotationRow)
                .where(AnnotationRow.task == task, AnnotationRow.case_id == case_row(session, case).id)
                .order_by(AnnotationRow.revision)
            )
            return [self._annotation(row) for row in rows]

    def by_identifier(self, identifiers: Collection[int]) -> dict[int, Annotation]:
        """Return the annotations with these identifiers, as far as there are any."""
        with self._sessions() as session:
            rows = session.scalars(select(AnnotationRow).where(AnnotationRow.id.in_(identifiers)))
            return {row.id: self._annotation(row) for row in rows}

    def _last_of_each(self, task: str, *conditions: ColumnElement[bool]) -> dict[str, Annotation]:
        with self._sessions() as session:
            rows = session.scalars(
                select(AnnotationRow)
                .where(AnnotationRow.task == task, *conditions)
                .join(CaseRow)
                .order_by(CaseRow.name, AnnotationRow.revision)
            )
            return {row.case.name: self._annotation(row) for row in rows}

    def _annotation(self, row: AnnotationRow) -> Annotation:
        return Annotation(
            identifier=row.id,
            case=row.case.name,
            task=row.task,
            revision=row.revision,
            reader=row.reader,
            created_at=row.created_at,
            seconds_spent=row.seconds_spent,
            voxels_changed=row.voxels_changed,
            started_from=row.started_from,
            mask=None if row.mask_path is None else self._layout.absolute(row.mask_path),
            class_value=row.class_value,
            accepted=row.accepted,
            confirmed=None if row.confirmed is None else tuple((first, last) for first, last in row.confirmed),
            slices=row.slices,
            labels=None if row.labels is None else tuple(row.labels),
            mode=None if row.mode is None else ReadingMode(row.mode),
            value=row.value,
            edit=stored_edit(row.edit),
            verified=_verified(row),
        )


def _verified(row: AnnotationRow) -> Verified | None:
    if row.verifies is None:
        return None
    return Verified(row.verifies, row.verified_changes or 0, row.verified_dice)
