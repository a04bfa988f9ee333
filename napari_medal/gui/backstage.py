"""What stands behind the panels, and its end."""

from dataclasses import dataclass, field
from typing import Protocol

from napari_medal.gui.desk import Desk
from napari_medal.gui.job_runner import JobRunner
from napari_medal.gui.worker import Worker

JOIN_SECONDS = 1.5
FLUSH_SECONDS = 30.0
"""Longer than a disk should take; what was drawn comes before haste."""


class Hearer(Protocol):
    """A presenter that shows what the desk says."""

    def release(self) -> None:
        """Show nothing any more."""


@dataclass
class Backstage:
    """Everything that outlives the widgets: while Qt takes those down, strokes are yet to be saved."""

    worker: Worker
    desk: Desk
    hearers: tuple[Hearer, ...]
    jobs: tuple[JobRunner, ...]
    is_closed: bool = field(default=False, init=False)

    def close(self) -> None:
        """Save what is unsaved and cancel the jobs, without touching a widget; a second call does nothing."""
        if self.is_closed:
            return
        self.is_closed = True
        for hearer in self.hearers:
            hearer.release()
        for job in self.jobs:
            job.cancel()
        self.desk.close()
        for job in self.jobs:
            job.close(JOIN_SECONDS)
        self.desk.keeper.close(FLUSH_SECONDS)
        self.worker.close(FLUSH_SECONDS)
