"""From scores that come in, in a thread of their own, to a list that is ranked anew."""

from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, Qt, QTimer, Signal

if TYPE_CHECKING:
    from napari_medal.loop.session import Session

_WAIT_MS = 1000


class ScoreBridge(QObject):
    """Tells the main thread that there are new scores, once a second at most."""

    changed = Signal()

    _entered = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._task = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(self.changed)
        self._entered.connect(self._on_entered, Qt.ConnectionType.QueuedConnection)

    def watch(self, session: "Session | None", task: str) -> None:
        """Listen to a project, for a task of it, and to no other any more."""
        if self._session is not None:
            self._session.project.predictions.entered.disconnect(self._relay, missing_ok=True)
        self._session, self._task = session, task
        self._timer.stop()
        if session is not None:
            session.project.predictions.entered.connect(self._relay)

    def _relay(self, task: str) -> None:
        self._entered.emit(task)

    def _on_entered(self, task: str) -> None:
        if task == self._task and not self._timer.isActive():
            self._timer.start()
