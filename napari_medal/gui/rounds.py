"""Retraining, changing the version that serves, and scoring anew: when it starts, and what is said when it ends."""

from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, Signal

from napari_medal.core.progress import Progress
from napari_medal.gui.job_runner import JobRunner

if TYPE_CHECKING:
    from napari_medal.catalogue.models import ModelVersion
    from napari_medal.loop.prediction import PredictReport
    from napari_medal.loop.round import RoundReport
    from napari_medal.loop.serving import ServeReport
    from napari_medal.loop.session import Session


class Rounds(QObject):
    """Retrains on demand, and by itself after enough accepted cases.

    Args:
        runner: Runs the trainings.
        parent: Qt parent.
    """

    round_finished = Signal(object)
    """(RoundReport)"""
    accepted_changed = Signal(int)
    """Cases accepted since the last training."""
    served = Signal(object)
    """(ServeReport)"""
    scored = Signal(object)
    """(PredictReport)"""

    def __init__(self, runner: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._session: Session | None = None
        self._task = ""
        self._accepted = 0
        self._after = 0
        self._outdated: tuple[Session, str] | None = None
        runner.finished.connect(self._on_finished)

    def set_task(self, session: "Session | None", task: str) -> None:
        """Train for this task from now on; what was accepted for another one does not count."""
        if session is not self._session:
            self._outdated = None
        self._session = session
        self._task = task
        self._after = 0 if session is None else session.project.settings.training.retrain_after
        self._count(0)

    def set_retrain_after(self, cases: int) -> None:
        """Retrain by itself after this many accepted cases; 0 means never."""
        self._after = cases
        self._start_when_due()

    def note_accepted(self) -> None:
        """Count one more accepted case."""
        self._count(self._accepted + 1)
        self._start_when_due()

    def start(self) -> None:
        """Retrain now; nothing happens while a training runs."""
        session, task = self._session, self._task
        if session is None or self._runner.is_running:
            return

        def work(progress: Progress) -> "RoundReport":
            from napari_medal.loop.round import retrain

            return retrain(session, task, progress)

        self._count(0)
        self._runner.start("Retraining", work)

    def serve(self, number: int) -> None:
        """Let another model version serve; nothing happens while a training runs."""
        session, task = self._session, self._task
        if session is None or self._runner.is_running:
            return

        def work(progress: Progress) -> "ServeReport":
            from napari_medal.loop import serving

            return serving.serve(session, task, number, progress)

        self._runner.start(f"Changing to model v{number}", work)

    def score_anew(self) -> None:
        """Let the live model predict every case that waits once more: now, or when the job at hand has ended."""
        if self._session is not None:
            self._outdated = (self._session, self._task)
            self.go_on()

    def go_on(self) -> None:
        """Begin what has waited for the end of a job, if anything has."""
        if self._outdated is None or self._runner.is_running:
            return
        (session, task), self._outdated = self._outdated, None

        def work(progress: Progress) -> "PredictReport":
            from napari_medal.loop.prediction import predict

            return predict(session, task, session.turns.giving_way(progress))

        self._runner.start("Asking the model anew", work)

    def _count(self, accepted: int) -> None:
        self._accepted = accepted
        self.accepted_changed.emit(accepted)

    def _start_when_due(self) -> None:
        if self._after and self._accepted >= self._after:
            self.start()

    def _on_finished(self, report: "RoundReport | ServeReport | PredictReport") -> None:
        from napari_medal.loop.prediction import PredictReport
        from napari_medal.loop.serving import ServeReport

        if isinstance(report, PredictReport):
            self.scored.emit(report)
        else:
            (self.served if isinstance(report, ServeReport) else self.round_finished).emit(report)
        self.go_on()
        self._start_when_due()


def news(version: "ModelVersion", before: "ModelVersion | None") -> str:
    """Say in a sentence what came of a training: "Model v3 is live: dice mean 0.84 (+0.02); list re-ranked."."""
    if version.status.value != "live":
        return f"Model v{version.number} is not live. {version.reason}"
    if not version.metrics:
        return f"Model v{version.number} is live; list re-ranked."
    name, interval = next(iter(version.metrics.items()))
    gain = ""
    if before is not None and name in before.metrics:
        gain = f" ({interval.value - before.metrics[name].value:+.2f})"
    figure = f"validation {name.replace('_', ' ')} {interval.value:.2f}{gain}"
    return f"Model v{version.number} is live: {figure}; list re-ranked."
