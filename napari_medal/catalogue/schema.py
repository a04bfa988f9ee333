"""The tables of the catalogue."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    ForeignKey,
    MetaData,
    String,
    TypeDecorator,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from napari_medal.core.case import CaseState, Split


class Moment(TypeDecorator[datetime]):
    """A point in time, kept in UTC whatever the database does with time zones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn an aware time into UTC without a zone."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Names every constraint, so that a migration can drop it by name."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class FactRow(Base):
    """Something about the project as a whole that is settled once."""

    __tablename__ = "facts"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str]


class SubjectRow(Base):
    """A patient, by pseudonym."""

    __tablename__ = "subjects"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    split: Mapped[str] = mapped_column(String(16), default=Split.UNDRAWN.value)


class CaseRow(Base):
    """An exam to label."""

    __tablename__ = "cases"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("subjects.id"), index=True)
    state: Mapped[str] = mapped_column(String(32), default=CaseState.NEW.value)
    broken_reason: Mapped[str] = mapped_column(default="")
    added_at: Mapped[datetime] = mapped_column(Moment)
    difficulty: Mapped[int | None]
    looks: Mapped[list[float] | None] = mapped_column(JSON(none_as_null=True))  # what its images look like
    notes: Mapped[list[list[str]] | None] = mapped_column(JSON(none_as_null=True))  # [[kind, verdict, words], ...]
    subject: Mapped[SubjectRow] = relationship(lazy="joined")
    images: Mapped[list["ImageRow"]] = relationship(lazy="selectin", order_by="ImageRow.channel")
    tags: Mapped[list["TagRow"]] = relationship(lazy="selectin", order_by="TagRow.tag", cascade="all, delete-orphan")


class TagRow(Base):
    """A word that a case is found by."""

    __tablename__ = "case_tags"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True)


class CommentRow(Base):
    """A reader's remark on a case; never changed."""

    __tablename__ = "comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    reader: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Moment)
    text: Mapped[str]
    case: Mapped[CaseRow] = relationship(lazy="joined")


class ImageRow(Base):
    """One channel's file, relative to the project folder."""

    __tablename__ = "images"
    __table_args__ = (UniqueConstraint("case_id", "channel"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    channel: Mapped[int]
    path: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(default="", server_default="")  # of the sequence
    source: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)  # a SeriesSource


class AnnotationRow(Base):
    """An immutable revision of a reader's label."""

    __tablename__ = "annotations"
    __table_args__ = (UniqueConstraint("case_id", "task", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    task: Mapped[str]
    revision: Mapped[int]
    reader: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Moment)
    seconds_spent: Mapped[float]
    started_from: Mapped[int | None]
    voxels_changed: Mapped[int | None]
    mask_path: Mapped[str | None]
    mask_sha256: Mapped[str | None] = mapped_column(String(64))
    class_value: Mapped[int | None]
    accepted: Mapped[bool] = mapped_column(default=True, server_default=true())
    confirmed: Mapped[list[list[int]] | None] = mapped_column(JSON(none_as_null=True))  # [[first, last], ...]
    slices: Mapped[int | None]
    labels: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))  # values that occur
    mode: Mapped[str | None] = mapped_column(String(16))
    value: Mapped[float | None]
    edit: Mapped[list[float] | None] = mapped_column(JSON(none_as_null=True))  # an EditSize: what was corrected
    verifies: Mapped[int | None]  # the annotation of another reader, by id
    verified_changes: Mapped[int | None]  # voxels of it that were corrected; 1 for another class or number
    verified_dice: Mapped[float | None]
    case: Mapped[CaseRow] = relationship(lazy="joined")


class ModelRow(Base):
    """A model version: immutable weights and where they come from."""

    __tablename__ = "models"
    __table_args__ = (UniqueConstraint("task", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task: Mapped[str]
    number: Mapped[int]
    recipe: Mapped[str]
    status: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Moment)
    seconds: Mapped[float]
    started_from: Mapped[int | None]
    folder: Mapped[str]
    plan: Mapped[dict[str, Any]] = mapped_column(JSON)  # a Plan, written by pydantic
    metrics: Mapped[dict[str, Any]] = mapped_column(JSON)  # metric name -> [value, low, high]
    labels: Mapped[list["ModelLabelRow"]] = relationship(lazy="selectin", cascade="all, delete-orphan")


class ModelLabelRow(Base):
    """One label revision that a model version was trained on."""

    __tablename__ = "model_labels"

    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"), primary_key=True)
    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotations.id"), primary_key=True)
    features: Mapped[list[float] | None] = mapped_column(JSON(none_as_null=True), deferred=True)  # of the labelled case


class PredictionRow(Base):
    """What one model version says of one case."""

    __tablename__ = "predictions"
    __table_args__ = (UniqueConstraint("case_id", "task", "model"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    task: Mapped[str]
    model: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Moment)
    uncertainty: Mapped[float]
    per_class: Mapped[list[float]] = mapped_column(JSON)
    per_slice: Mapped[list[float]] = mapped_column(JSON)
    reason: Mapped[str]
    overview: Mapped[str]
    mask_path: Mapped[str | None]
    maps_path: Mapped[str | None]
    class_value: Mapped[int | None]
    amount: Mapped[float | None]
    value: Mapped[float | None]
    spread: Mapped[float | None]
    features: Mapped[list[float] | None] = mapped_column(JSON(none_as_null=True))  # of the model's deepest layer
    edit: Mapped[list[float] | None] = mapped_column(JSON(none_as_null=True))  # an EditSize: what it will probably take
    measure: Mapped[str | None]
    case: Mapped[CaseRow] = relationship(lazy="joined")


class AuditRow(Base):
    """A case that was drawn at random, to measure the live model with."""

    __tablename__ = "audits"
    __table_args__ = (UniqueConstraint("task", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task: Mapped[str]
    number: Mapped[int]  # 1 for the task's first audit, then counting up
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    drawn_at: Mapped[datetime] = mapped_column(Moment)
    waiting: Mapped[int]  # cases that it was drawn from
    annotation_id: Mapped[int | None] = mapped_column(ForeignKey("annotations.id"))  # what measures; None until then
    model: Mapped[int | None]  # whose prediction was measured; None where none was shown
    figures: Mapped[list[float | None] | None] = mapped_column(JSON(none_as_null=True))  # as the task compares
    case: Mapped[CaseRow] = relationship(lazy="joined")


class SecondLookRow(Base):
    """A case that somebody should look at again, and why."""

    __tablename__ = "second_looks"
    __table_args__ = (UniqueConstraint("task", "case_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task: Mapped[str]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    found_at: Mapped[datetime] = mapped_column(Moment)
    suspicion: Mapped[float]  # higher is more suspicious
    reason: Mapped[str]
    annotation_id: Mapped[int | None] = mapped_column(ForeignKey("annotations.id"))  # the label that is in question
    axial: Mapped[int | None]  # slice to look at first
    dismissed: Mapped[bool] = mapped_column(default=False, server_default=false())
    case: Mapped[CaseRow] = relationship(lazy="joined")
