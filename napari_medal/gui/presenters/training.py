"""The training panel and the trainings."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, Signal

from napari_medal.gui.job_runner import JobRunner
from napari_medal.gui.panels.training import TrainingPanel
from napari_medal.gui.rounds import Rounds, news
from napari_medal.gui.score_bridge import ScoreBridge
from napari_medal.gui.worker import Worker

if TYPE_CHECKING:
    from napari_medal.catalogue.models import ModelVersion
    from napari_medal.loop.prediction import PredictReport
    from napari_medal.loop.round import RoundReport
    from napari_medal.loop.serving import ServeReport
    from napari_medal.loop.session import Session


class TrainingPresenter(QObject):
    """Runs trainings, shows their curves, and tells what came of them."""

    ranking_changed = Signal()
    """There are new predictions, so the list must be ranked anew."""
    told = Signal(str)
    failed = Signal(object)
    """(Exception)"""

    def __init__(self, panel: TrainingPanel, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runner = JobRunner()
        self.rounds = Rounds(self.runner)
        self._scores = ScoreBridge(self)
        self._scores.changed.connect(self.ranking_changed)
        self._panel = panel
        self._worker = worker
        self._session: Session | None = None
        self._task = ""
        self._title = ""
        self._versions: Sequence[ModelVersion] = ()
        panel.retrain_requested.connect(self.rounds.start)
        panel.pause_requested.connect(self.runner.toggle_pause)
        panel.cancel_requested.connect(self._on_cancel_requested)
        panel.retrain_after_changed.connect(self.rounds.set_retrain_after)
        panel.serve_requested.connect(self.rounds.serve)
        self.rounds.served.connect(self._on_served)
        self.rounds.scored.connect(self._on_scored)
        self.rounds.accepted_changed.connect(panel.show_accepted)
        self.rounds.round_finished.connect(self._on_round_finished)
        self.runner.started.connect(self._on_started)
        self.runner.progressed.connect(panel.job.show_progress)
        self.runner.pointed.connect(panel.show_point)
        self.runner.paused_changed.connect(panel.job.show_paused)
        self.runner.failed.connect(self._on_failed)
        self.runner.cancelled.connect(self._on_cancelled)

    def show_task(self, session: "Session", task: str) -> None:
        """Train for this task from now on, and show its versions."""
        self._session, self._task = session, task
        self._scores.watch(session, task)
        self.rounds.set_task(session, task)
        self._panel.show_project(session.project.settings.training.retrain_after)
        self._refresh()

    def release(self) -> None:
        """Listen to no project any more."""
        self._scores.watch(None, "")

    def _refresh(self) -> None:
        session, task = self._session, self._task
        if session is None:
            return

        def call() -> "tuple[str, list[ModelVersion]]":
            return task, session.project.models.all(task)

        self._worker.run(call, self._on_versions, self.failed.emit)

    def _on_versions(self, answer: "tuple[str, list[ModelVersion]]") -> None:
        task, versions = answer
        if task == self._task:
            self._versions = versions
            self._panel.show_versions(versions)

    def _on_started(self, title: str) -> None:
        self._title = title
        self._panel.show_started(title)

    def _on_cancel_requested(self) -> None:
        self._panel.job.show_cancelling()
        self.runner.cancel()

    def _on_round_finished(self, report: "RoundReport") -> None:
        live = [version for version in self._versions if version.status.value == "live"]
        text = news(report.version, live[0] if live else None)
        self._panel.show_ended(f"{text}\n{report.version.reason}" if report.version.reason not in text else text)
        self.told.emit(text)
        self.ranking_changed.emit()
        self._refresh()

    def _on_served(self, report: "ServeReport") -> None:
        number = report.version.number
        text = f"Model v{number} serves; {report.predicted} cases predicted anew, list re-ranked."
        self._panel.show_ended(f"{text}\n{report.version.reason}")
        self.told.emit(text)
        self.ranking_changed.emit()
        self._refresh()

    def _on_scored(self, report: "PredictReport") -> None:
        text = f"{report.cases} cases predicted anew by model v{report.model.number}; list re-ranked."
        self._panel.show_ended(text)
        self.told.emit(text)
        self.ranking_changed.emit()

    def _on_failed(self, error: Exception) -> None:
        self._panel.show_ended(f"{self._title} failed: {error}")
        self.failed.emit(error)
        self.ranking_changed.emit()
        self._refresh()
        self.rounds.go_on()

    def _on_cancelled(self) -> None:
        """A round may be cancelled while it predicts, when its version is live already."""
        self._panel.show_ended("Cancelled.")
        self.ranking_changed.emit()
        self._refresh()
        self.rounds.go_on()
