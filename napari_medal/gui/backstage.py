"""What stands behind the panels, and its end."""

from dataclasses import dataclass, field

from napari_medal.gui.desk import Desk
from napari_medal.gui.job_runner import JobRunner
from napari_medal.gui.presenters.cases import CasesPresenter
from napari_medal.gui.presenters.review import ReviewPresenter
from napari_medal.gui.presenters.revisions import RevisionsPresenter
from napari_medal.gui.presenters.verifying import VerifyingPresenter
from napari_medal.gui.worker import Worker

JOIN_SECONDS = 1.5
FLUSH_SECONDS = 30.0
"""Longer than a disk should take; what was drawn comes before haste."""


@dataclass
class Backstage:
    """Everything that outlives the widgets: while Qt takes those down, strokes are yet to be saved."""

    worker: Worker
    desk: Desk
    cases: CasesPresenter
    revisions: RevisionsPresenter
    review: ReviewPresenter
    verifying: VerifyingPresenter
    jobs: tuple[JobRunner, ...]
    is_closed: bool = field(default=False, init=False)

    def close(self) -> None:
        """Save what is unsaved and cancel the jobs, without touching a widget; a second call does nothing."""
        if self.is_closed:
            return
        self.is_closed = True
        self.cases.release()
        self.revisions.release()
        self.review.release()
        self.verifying.release()
        for job in self.jobs:
            job.cancel()
        self.desk.close()
        for job in self.jobs:
            job.close(JOIN_SECONDS)
        self.desk.keeper.close(FLUSH_SECONDS)
        self.worker.close(FLUSH_SECONDS)
