"""Figures on labels that each fold of a cross-validation had not seen."""

from collections.abc import Callable, Mapping, Sequence

from napari_medal.core.case import Case
from napari_medal.core.evaluation import Interval
from napari_medal.core.progress import Progress
from napari_medal.engine.ensemble import Ensemble, Weights
from napari_medal.loop.judging import Observer, Truth, annotated_truth, compare, prepared_case
from napari_medal.loop.labelled import Gathered
from napari_medal.loop.members import Fold
from napari_medal.loop.session import Session


class OutOfFold:
    """Judges each fold on the subjects that it left out, so that every training label is judged once.

    Args:
        session: The session.
        task: The task.
        gathered: The labels.
        ensemble: Makes weights ready to predict.
        progress: Asked between cases.
        observers: Look at each answer beside the label.
    """

    def __init__(
        self,
        session: Session,
        task: str,
        gathered: Gathered,
        ensemble: Callable[[list[Weights]], Ensemble],
        progress: Progress,
        observers: Sequence[Observer] = (),
    ) -> None:
        self._session = session
        self._task = task
        self._gathered = gathered
        self._ensemble = ensemble
        self._progress = progress
        self._observers = observers
        self._rows: list[tuple[float, ...]] = []

    def add(self, fold: Fold) -> None:
        """Judge a fold."""
        entries = {entry.case.name: entry for entry in (self._gathered.training[place] for place in fold.left_out)}
        ensemble = self._ensemble([fold.weights])

        def truth(case: Case) -> Truth:
            prepared = prepared_case(self._session, case, ensemble.plan, ensemble.target)
            return annotated_truth(self._session, self._task, entries[case.name].annotation, prepared)

        partly = {name: entry.annotation.confirmed for name, entry in entries.items()}
        confirmed = {name: slices for name, slices in partly.items() if slices is not None}
        cases = [entry.case for entry in entries.values()]
        self._rows += compare(
            self._session, self._task, ensemble, cases, truth, self._progress, confirmed, self._observers
        )

    def metrics(self) -> Mapping[str, Interval] | None:
        """Return the task's metrics over all labels; None where there was no fold."""
        if not self._rows:
            return None
        return self._session.task(self._task).summarise(self._rows, self._session.scheme(self._task)).metrics
