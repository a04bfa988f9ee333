"""Second looks: what a search found that somebody should look at again."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, sessionmaker

from napari_medal.catalogue.cases import case_row
from napari_medal.catalogue.schema import SecondLookRow
from napari_medal.core.second_look import LookKind, SecondLook


class SecondLooks:
    """The second looks of a project: the last search of each task, and what was dismissed of it."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def replace(self, task: str, looks: Sequence[SecondLook]) -> None:
        """Put what a search found in place of what the last one did.

        What was dismissed stays so while the label in question is the same; an exam that is there twice, while it is
        the same other one.
        """
        with self._sessions.begin() as session:
            before = session.scalars(select(SecondLookRow).where(SecondLookRow.task == task))
            dismissed = {_question(row.case.name, _look(row)) for row in before if row.dismissed}
            session.execute(delete(SecondLookRow).where(SecondLookRow.task == task))
            session.flush()
            found_at = datetime.now(UTC)
            for look in looks:
                session.add(
                    SecondLookRow(
                        task=task,
                        case=case_row(session, look.case),
                        kind=look.kind.value,
                        found_at=found_at,
                        suspicion=look.suspicion,
                        reason=look.reason,
                        annotation_id=look.annotation,
                        axial=look.axial,
                        dismissed=look.dismissed or _question(look.case, look) in dismissed,
                    )
                )

    def all(self, task: str) -> list[SecondLook]:
        """Return what the last search found, the most suspicious first, dismissed ones included."""
        with self._sessions() as session:
            rows = session.scalars(select(SecondLookRow).where(SecondLookRow.task == task))
            return in_order(_look(row) for row in rows)

    def dismiss(self, task: str, case: str, kind: LookKind) -> None:
        """Note that somebody has looked, and that it is right."""
        with self._sessions.begin() as session:
            session.execute(
                update(SecondLookRow)
                .where(
                    SecondLookRow.task == task,
                    SecondLookRow.case_id == case_row(session, case).id,
                    SecondLookRow.kind == kind.value,
                )
                .values(dismissed=True)
            )


def in_order(looks: Iterable[SecondLook]) -> list[SecondLook]:
    """Return the most suspicious first; equals by name."""
    return sorted(looks, key=lambda look: (-look.suspicion, look.case, look.kind))


def _question(case: str, look: SecondLook) -> tuple[object, ...]:
    """Return what was decided when a look was dismissed."""
    return case, look.kind, look.annotation, look.reason if look.kind is LookKind.DUPLICATE else ""


def _look(row: SecondLookRow) -> SecondLook:
    return SecondLook(
        case=row.case.name,
        kind=LookKind(row.kind),
        suspicion=row.suspicion,
        reason=row.reason,
        annotation=row.annotation_id,
        axial=row.axial,
        dismissed=row.dismissed,
    )
