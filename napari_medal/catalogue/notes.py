"""What readers note of a case: comments, tags, difficulty."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from napari_medal.catalogue.cases import case_row
from napari_medal.catalogue.schema import CaseRow, CommentRow, TagRow
from napari_medal.core.comment import Comment


class Notes:
    """The notes of a project. Comments are only added; difficulty and tags say what readers think now."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def add_comment(self, case: str, reader: str, text: str) -> Comment:
        """Keep a remark."""
        with self._sessions.begin() as session:
            row = CommentRow(case=case_row(session, case), reader=reader, created_at=datetime.now(UTC), text=text)
            session.add(row)
            session.flush()
            return _comment(row)

    def comments(self, case: str) -> list[Comment]:
        """Return the remarks on a case, oldest first."""
        with self._sessions() as session:
            rows = session.scalars(
                select(CommentRow).where(CommentRow.case_id == case_row(session, case).id).order_by(CommentRow.id)
            )
            return [_comment(row) for row in rows]

    def count_comments(self) -> dict[str, int]:
        """Return how many remarks there are, for each case that has any."""
        with self._sessions() as session:
            counts = session.execute(
                select(CaseRow.name, func.count())
                .join(CommentRow, CommentRow.case_id == CaseRow.id)
                .group_by(CaseRow.name)
            )
            return {row[0]: row[1] for row in counts}

    def set_difficulty(self, case: str, difficulty: int | None) -> None:
        """Say how hard a case is, from 1 to 5; None takes it back."""
        with self._sessions.begin() as session:
            case_row(session, case).difficulty = difficulty

    def set_tags(self, case: str, tags: Iterable[str]) -> None:
        """Replace the tags of a case."""
        with self._sessions.begin() as session:
            row = case_row(session, case)
            kept = {tag.tag: tag for tag in row.tags}
            row.tags = [kept.get(tag) or TagRow(tag=tag) for tag in sorted(set(tags))]


def _comment(row: CommentRow) -> Comment:
    return Comment(row.case.name, row.reader, row.created_at, row.text)
