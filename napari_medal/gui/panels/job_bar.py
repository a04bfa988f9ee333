"""How far a job is, with pause and cancel."""

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from napari_medal.loop.jobs import JobProgress


class JobBar(QWidget):
    """Shows a job while it runs and is hidden otherwise."""

    pause_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, can_pause: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setToolTip("How far the job is")
        self.pause = QPushButton("Pause")
        self.pause.setToolTip("Hold the job where it is, or let it go on")
        self.pause.setVisible(can_pause)
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("End the job; what was there before stays as it was")
        self.pause.clicked.connect(self.pause_requested)
        self.cancel.clicked.connect(self.cancel_requested)
        row = QHBoxLayout()
        row.addWidget(self.bar, 1)
        row.addWidget(self.pause)
        row.addWidget(self.cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.text)
        layout.addLayout(row)
        self.hide()

    def show_started(self, title: str) -> None:
        """Show that a job has begun; how long it takes is unknown yet."""
        self.text.setText(f"{title} …")
        self.bar.setRange(0, 0)
        self.cancel.setEnabled(True)
        self.show_paused(False)
        self.show()

    def show_progress(self, progress: JobProgress) -> None:
        """Show how far it is and how long it still takes."""
        self.bar.setRange(0, max(progress.total, 1))
        self.bar.setValue(progress.done)
        left = "" if progress.seconds_left is None else f" · {_duration(progress.seconds_left)} left"
        self.text.setText(f"{progress.text}{left}")

    def show_paused(self, is_paused: bool) -> None:
        """Show whether the job is held."""
        self.pause.setText("Resume" if is_paused else "Pause")

    def show_cancelling(self) -> None:
        """Show that the job has been asked to end."""
        self.text.setText("Cancelling …")
        self.cancel.setEnabled(False)

    def show_ended(self) -> None:
        """Show that no job runs."""
        self.hide()


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"about {max(1, round(seconds))} s"
    return f"about {round(seconds / 60)} min"
