"""Audits: cases drawn at random, and how far the model was right about them."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from napari_medal.catalogue.cases import case_row
from napari_medal.catalogue.database import keep_writers_out
from napari_medal.catalogue.schema import AuditRow
from napari_medal.core.audit import Audit


class Audits:
    """The audits of a project. Which case was drawn never changes, and neither do figures once they are there."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def add(self, task: str, number: int, case: str, waiting: int) -> Audit:
        """Enter a draw; where another process has drawn this number meanwhile, its draw holds and is returned."""
        with self._sessions.begin() as session:
            keep_writers_out(session)
            row = session.scalars(
                select(AuditRow).where(AuditRow.task == task, AuditRow.number == number)
            ).one_or_none()
            if row is None:
                row = AuditRow(
                    task=task,
                    number=number,
                    case=case_row(session, case),
                    drawn_at=datetime.now(UTC),
                    waiting=waiting,
                )
                session.add(row)
                session.flush()
            return _audit(row)

    def all(self, task: str) -> list[Audit]:
        """Return every audit of a task, in the order in which they were drawn."""
        with self._sessions() as session:
            rows = session.scalars(select(AuditRow).where(AuditRow.task == task).order_by(AuditRow.number))
            return [_audit(row) for row in rows]

    def unanswered(self, task: str, case: str) -> list[Audit]:
        """Return the audits for which a case was drawn and not labelled yet."""
        return [audit for audit in self.all(task) if audit.case == case and not audit.is_answered]

    def measure(self, audit: Audit, annotation: int, model: int | None, figures: Sequence[float] | None) -> None:
        """Note what an audit has measured; nothing happens if it is known already."""
        with self._sessions.begin() as session:
            keep_writers_out(session)
            row = session.scalars(
                select(AuditRow).where(AuditRow.task == audit.task, AuditRow.number == audit.number)
            ).one()
            if row.annotation_id is None:
                row.annotation_id = annotation
                row.model = model
                row.figures = None if figures is None else [None if math.isnan(x) else float(x) for x in figures]


def _audit(row: AuditRow) -> Audit:
    return Audit(
        task=row.task,
        number=row.number,
        case=row.case.name,
        drawn_at=row.drawn_at,
        waiting=row.waiting,
        annotation=row.annotation_id,
        model=row.model,
        figures=None if row.figures is None else tuple(math.nan if x is None else x for x in row.figures),
    )
