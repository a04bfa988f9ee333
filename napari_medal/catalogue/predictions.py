"""Predictions: what each model version says of each case."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path

from psygnal import Signal
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, sessionmaker

from napari_medal.atomic import write_atomic
from napari_medal.catalogue.cases import case_row
from napari_medal.catalogue.layout import Layout
from napari_medal.catalogue.map_archive import MapArchive
from napari_medal.catalogue.schema import CaseRow, PredictionRow
from napari_medal.core.edit_size import EditSize
from napari_medal.core.score import CaseScore
from napari_medal.core.shares import Shares
from napari_medal.errors import ProjectError

_PROBABILITIES = "probabilities"
_UNCERTAINTY = "uncertainty"


@dataclass(frozen=True)
class NewPrediction:
    """A prediction on its way in; its files lie in the project folder already.

    `amount` is how much of what is looked for it shows: millilitres of a mask, the probability of a class. `features`
    is what the model's deepest layer makes of the case, `edit` what a correction will probably take, `measure` the
    name of what gave the score.
    """

    case: str
    score: CaseScore
    overview: str
    mask: Path | None = None
    maps: Path | None = None
    class_value: int | None = None
    amount: float | None = None
    value: float | None = None
    spread: float | None = None
    features: tuple[float, ...] | None = None
    edit: EditSize | None = None
    measure: str | None = None


@dataclass(frozen=True)
class StoredPrediction:
    """A prediction in the catalogue; arrays stay on disk until `Predictions.maps` reads them.

    Where its score comes from is not known of old ones.
    """

    case: str
    model: int
    score: CaseScore
    overview: str
    mask: Path | None
    maps: Path | None
    class_value: int | None
    amount: float | None = None
    value: float | None = None
    spread: float | None = None
    features: tuple[float, ...] | None = None
    edit: EditSize | None = None
    measure: str | None = None

    @property
    def has_maps(self) -> bool:
        """Whether its probabilities are kept still."""
        return self.maps is not None and self.maps.exists()

    @property
    def is_whole(self) -> bool:
        """Whether all that a reader is shown is kept still; a value has no maps."""
        return self.has_maps or self.value is not None


@dataclass(frozen=True, eq=False)
class Maps:
    """What is kept of the ensemble's answer: to 1/255, which is finer than it is calibrated.

    Args:
        probabilities: (C, Z, Y, X), or (C,) for a class.
        uncertainty: (Z, Y, X), or None for a class.
    """

    probabilities: Shares
    uncertainty: Shares | None


class Predictions:
    """The predictions of a project."""

    entered = Signal(str)
    """(task): there are new predictions. It is emitted in the thread that entered them."""

    def __init__(self, sessions: sessionmaker[Session], layout: Layout) -> None:
        self._sessions = sessions
        self._layout = layout

    def write_maps(self, path: Path, maps: Maps) -> None:
        """Write probabilities and uncertainty as compressed bytes."""
        named = {_PROBABILITIES: maps.probabilities}
        if maps.uncertainty is not None:
            named[_UNCERTAINTY] = maps.uncertainty
        write_atomic(path, lambda temporary: MapArchive.write(temporary, named))

    def maps(self, prediction: StoredPrediction) -> Maps | None:
        """Return a prediction's maps; None when they were pruned. Each is unpacked when it is first wanted.

        Raises:
            ProjectError: The file is damaged; what is damaged further in is found when it is unpacked.
        """
        if prediction.maps is None or not prediction.has_maps:
            return None
        archive = MapArchive(prediction.maps)
        probabilities = archive.shares(_PROBABILITIES)
        if probabilities is None:
            msg = f"{prediction.maps} is damaged (no probabilities in it); predict again to replace it."
            raise ProjectError(msg)
        return Maps(probabilities, archive.shares(_UNCERTAINTY))

    def replace(self, task: str, model: int, new: Sequence[NewPrediction]) -> None:
        """Enter a model version's predictions, in place of its earlier ones for the same cases."""
        with self._sessions.begin() as session:
            for prediction in new:
                case = case_row(session, prediction.case)
                session.execute(
                    delete(PredictionRow).where(
                        PredictionRow.case_id == case.id,
                        PredictionRow.task == task,
                        PredictionRow.model == model,
                    )
                )
                session.add(
                    PredictionRow(
                        case=case,
                        task=task,
                        model=model,
                        created_at=datetime.now(UTC),
                        uncertainty=prediction.score.uncertainty,
                        per_class=list(prediction.score.per_class),
                        per_slice=list(prediction.score.per_slice),
                        reason=prediction.score.reason,
                        overview=prediction.overview,
                        mask_path=self._relative(prediction.mask),
                        maps_path=self._relative(prediction.maps),
                        class_value=prediction.class_value,
                        amount=prediction.amount,
                        value=prediction.value,
                        spread=prediction.spread,
                        features=None if prediction.features is None else list(prediction.features),
                        edit=None if prediction.edit is None else list(astuple(prediction.edit)),
                        measure=prediction.measure,
                    )
                )
        if new:
            self.entered.emit(task)

    def by(self, task: str, model: int) -> dict[str, StoredPrediction]:
        """Return what a model version said, by case name."""
        with self._sessions() as session:
            rows = session.scalars(
                select(PredictionRow).where(PredictionRow.task == task, PredictionRow.model == model)
            )
            return {row.case.name: self._stored(row) for row in rows}

    def edits(self, task: str) -> dict[tuple[int, str], EditSize]:
        """Return what corrections were guessed to take, by model version and case name, and nothing else of them."""
        wanted = select(PredictionRow.model, CaseRow.name, PredictionRow.edit).join(CaseRow)
        with self._sessions() as session:
            rows = session.execute(wanted.where(PredictionRow.task == task, PredictionRow.edit.is_not(None)))
            found = {(model, name): stored_edit(numbers) for model, name, numbers in rows}
        return {place: edit for place, edit in found.items() if edit is not None}

    def note_measure(self, task: str, measure: str) -> None:
        """Say of every prediction of a task of which it is not known that its score comes from this measure."""
        unknown = update(PredictionRow).where(PredictionRow.task == task, PredictionRow.measure.is_(None))
        with self._sessions.begin() as session:
            session.execute(unknown.values(measure=measure))

    def prune_maps(self, task: str, keep: int) -> None:
        """Delete the maps of other model versions than `keep`; masks and scores stay."""
        with self._sessions() as session:
            rows = session.scalars(
                select(PredictionRow).where(
                    PredictionRow.task == task,
                    PredictionRow.model != keep,
                    PredictionRow.maps_path.is_not(None),
                )
            )
            for row in rows:
                maps = None if row.maps_path is None else self._layout.absolute(row.maps_path)
                if maps is not None and not maps.parent.is_symlink():
                    maps.unlink(missing_ok=True)

    def _relative(self, path: Path | None) -> str | None:
        return None if path is None else self._layout.relative(path)

    def _absolute(self, stored: str | None) -> Path | None:
        return None if stored is None else self._layout.absolute(stored)

    def _stored(self, row: PredictionRow) -> StoredPrediction:
        return StoredPrediction(
            case=row.case.name,
            model=row.model,
            score=CaseScore(row.uncertainty, tuple(row.per_class), tuple(row.per_slice), row.reason),
            overview=row.overview,
            mask=self._absolute(row.mask_path),
            maps=self._absolute(row.maps_path),
            class_value=row.class_value,
            amount=row.amount,
            value=row.value,
            spread=row.spread,
            features=None if row.features is None else tuple(row.features),
            edit=stored_edit(row.edit),
            measure=row.measure,
        )


def stored_edit(numbers: Sequence[float] | None) -> EditSize | None:
    """Return the size of a correction as the catalogue keeps it."""
    if numbers is None:
        return None
    length_mm, slices, components = numbers
    return EditSize(length_mm, int(slices), int(components))
