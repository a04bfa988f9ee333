"""What is settled once about the project as a whole."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from napari_medal.catalogue.schema import FactRow


class Facts:
    """Facts by name, each settled once and for good."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def get(self, name: str) -> str | None:
        """Return a fact; None before it is settled."""
        with self._sessions() as session:
            return session.scalars(select(FactRow.value).where(FactRow.name == name)).one_or_none()

    def settle(self, name: str, value: str) -> str:
        """Settle a fact, and return what is settled: `value`, or what somebody else settled before."""
        try:
            with self._sessions.begin() as session:
                session.add(FactRow(name=name, value=value))
        except IntegrityError:
            pass
        settled = self.get(name)
        return value if settled is None else settled
