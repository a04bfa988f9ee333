"""Retrain on every accepted label, and let the new version serve if it is not worse."""

import time
from dataclasses import dataclass, replace
from pathlib import Path

from napari_medal.catalogue.models import ModelVersion
from napari_medal.core.progress import Progress
from napari_medal.engine.foreign import Adoption, read_foreign
from napari_medal.engine.weights import save_members
from napari_medal.loop.labelled import Unreadable
from napari_medal.loop.model_records import write_records
from napari_medal.loop.priors import write_priors
from napari_medal.loop.session import Session
from napari_medal.loop.training_record import TrainingRecord, write_record
from napari_medal.loop.training_run import prepare_run


@dataclass(frozen=True)
class TrainReport:
    """What came of a training: the version, how many cases it used, and those that could not be read.

    `record` says how the version came about, `adoption` what was taken over from weights that were trained elsewhere.
    """

    version: ModelVersion
    record: TrainingRecord
    trained_on: int
    validated_on: int
    unreadable: tuple[Unreadable, ...]
    adoption: Adoption | None = None


def train_model(session: Session, task: str, progress: Progress, start_from: Path | None = None) -> TrainReport:
    """Train the task's recipe on all accepted labels.

    Args:
        session: The session.
        task: The task.
        progress: Told of each step.
        start_from: Weights trained elsewhere, of which every tensor is taken over that fits by name and shape. Without
            them training starts from the live model where there is one.

    Raises:
        ModelError: No accepted label can be read, or no weights to start from can.
        SettingsError: What the settings say of learning does not fit the task.
        JobCancelled: The person cancelled; no version was made, and the next training of the same labels goes on from
            the last checkpoint.
    """
    began = time.monotonic()
    foreign = None if start_from is None else read_foreign(start_from)
    run = prepare_run(session, task, progress, from_elsewhere=foreign is not None)
    adoptions: list[Adoption] = []
    training = replace(run.training(), foreign=foreign, adopted=adoptions.append)
    trained = run.train(training, start_from)
    judged = run.judged(trained)
    progress.check()
    number = session.project.models.claim_number(task)
    new = run.new_model(number, judged, seconds=time.monotonic() - began)
    folder = session.project.layout.model(task, number)
    save_members(folder, trained.members)
    if trained.priors is not None:
        write_priors(folder, trained.priors)
    write_record(folder, trained.record)
    write_records(folder, run.facts(new, judged, trained.record))
    version = session.project.models.add(new)
    trained.interrupted.clear()
    return TrainReport(
        version=version,
        record=trained.record,
        trained_on=len(run.gathered.training),
        validated_on=len(run.gathered.validation),
        unreadable=run.gathered.unreadable,
        adoption=adoptions[0] if adoptions else None,
    )
