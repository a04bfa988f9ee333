"""The model registry: immutable versions, one of them live."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter
from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session, sessionmaker, undefer

from napari_medal.catalogue.layout import Layout
from napari_medal.catalogue.schema import ModelLabelRow, ModelRow
from napari_medal.core.evaluation import Interval
from napari_medal.core.plan import Plan
from napari_medal.errors import ProjectError

_PLAN = TypeAdapter(Plan)


class ModelStatus(StrEnum):
    """Whether a version serves: one per task is live, better ones retire it, worse ones stay candidates."""

    LIVE = "live"
    CANDIDATE = "candidate"
    RETIRED = "retired"


@dataclass(frozen=True)
class NewModel:
    """A trained version on its way in; its weights lie in `Layout.model(task, number)` already."""

    task: str
    number: int
    recipe: str
    plan: Plan
    seconds: float
    started_from: int | None
    annotations: Sequence[int]
    metrics: Mapping[str, Interval]
    goes_live: bool
    reason: str


@dataclass(frozen=True)
class ModelVersion:
    """A version in the registry; `reason` says why it went live or did not."""

    task: str
    number: int
    recipe: str
    status: ModelStatus
    reason: str
    created_at: datetime
    seconds: float
    started_from: int | None
    folder: Path
    plan: Plan
    metrics: Mapping[str, Interval]
    annotations: frozenset[int]


class Models:
    """The model versions of a project."""

    def __init__(self, sessions: sessionmaker[Session], layout: Layout) -> None:
        self._sessions = sessions
        self._layout = layout

    def next_number(self, task: str) -> int:
        """Return the number after the last version's."""
        with self._sessions() as session:
            last = session.scalar(select(func.max(ModelRow.number)).where(ModelRow.task == task))
            return (last or 0) + 1

    def claim_number(self, task: str) -> int:
        """Make the folder of the next version and return its number.

        A folder that is there already is left alone: another training's, or a crashed one's.
        """
        number = self.next_number(task)
        while True:
            try:
                self._layout.model(task, number).mkdir(parents=True)
            except FileExistsError:
                number += 1
            else:
                return number

    def add(self, new: NewModel) -> ModelVersion:
        """Enter a version; if it goes live, the live one retires in the same transaction."""
        with self._sessions.begin() as session:
            if new.goes_live:
                _retire_live(session, new.task)
            status = ModelStatus.LIVE if new.goes_live else ModelStatus.CANDIDATE
            row = ModelRow(
                task=new.task,
                number=new.number,
                recipe=new.recipe,
                status=status.value,
                reason=new.reason,
                created_at=datetime.now(UTC),
                seconds=new.seconds,
                started_from=new.started_from,
                folder=self._layout.relative(self._layout.model(new.task, new.number)),
                plan=_PLAN.dump_python(new.plan, mode="json"),
                metrics={name: [interval.value, interval.low, interval.high] for name, interval in new.metrics.items()},
                labels=[ModelLabelRow(annotation_id=identifier) for identifier in new.annotations],
            )
            session.add(row)
            session.flush()
            return self._version(row)

    def serve(self, task: str, number: int, reason: str) -> ModelVersion:
        """Let a version serve; the live one retires in the same transaction. `reason` says why, from now on.

        Raises:
            ProjectError: There is no such version.
        """
        self.get(task, number)
        with self._sessions.begin() as session:
            _retire_live(session, task)
            row = session.scalars(select(ModelRow).where(ModelRow.task == task, ModelRow.number == number)).one()
            row.status = ModelStatus.LIVE.value
            row.reason = reason
            session.flush()
            return self._version(row)

    def set_features(self, task: str, number: int, features: Mapping[int, Sequence[float]]) -> None:
        """Note what a version's deepest layer makes of the labelled cases that it was trained on, by annotation."""
        with self._sessions.begin() as session:
            for row in session.scalars(_labels_of(task, number)):
                if row.annotation_id in features:
                    row.features = [float(value) for value in features[row.annotation_id]]

    def features(self, task: str, number: int) -> dict[int, tuple[float, ...]]:
        """Return them, as far as they were noted."""
        with self._sessions() as session:
            rows = session.scalars(_labels_of(task, number).options(undefer(ModelLabelRow.features)))
            return {row.annotation_id: tuple(row.features) for row in rows if row.features is not None}

    def get(self, task: str, number: int) -> ModelVersion:
        """Return one version.

        Raises:
            ProjectError: There is none of that number.
        """
        versions = self.all(task)
        for version in versions:
            if version.number == number:
                return version
        found = ", ".join(str(version.number) for version in versions) or "none yet"
        msg = f"The task '{task}' has no model {number}; it has {found}."
        raise ProjectError(msg)

    def live(self, task: str) -> ModelVersion | None:
        """Return the version that serves, if there is one."""
        versions = [version for version in self.all(task) if version.status is ModelStatus.LIVE]
        return versions[0] if versions else None

    def all(self, task: str) -> list[ModelVersion]:
        """Return every version of a task, oldest first."""
        with self._sessions() as session:
            rows = session.scalars(select(ModelRow).where(ModelRow.task == task).order_by(ModelRow.number))
            return [self._version(row) for row in rows]

    def _version(self, row: ModelRow) -> ModelVersion:
        return ModelVersion(
            task=row.task,
            number=row.number,
            recipe=row.recipe,
            status=ModelStatus(row.status),
            reason=row.reason,
            created_at=row.created_at,
            seconds=row.seconds,
            started_from=row.started_from,
            folder=self._layout.absolute(row.folder),
            plan=_PLAN.validate_python(row.plan),
            metrics={name: Interval(*values) for name, values in row.metrics.items()},
            annotations=frozenset(label.annotation_id for label in row.labels),
        )


def _labels_of(task: str, number: int) -> "Select[ModelLabelRow]":
    return select(ModelLabelRow).join(ModelRow).where(ModelRow.task == task, ModelRow.number == number)


def _retire_live(session: Session, task: str) -> None:
    session.execute(
        update(ModelRow)
        .where(ModelRow.task == task, ModelRow.status == ModelStatus.LIVE.value)
        .values(status=ModelStatus.RETIRED.value)
    )
