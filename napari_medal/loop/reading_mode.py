"""What the mode of a task lets a reader see, and what it makes of their answers."""

from dataclasses import dataclass

from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.verification import Stage
from napari_medal.loop.session import Session
from napari_medal.loop.verification import stage_of


@dataclass(frozen=True)
class Sight:
    """What a reader may see of a case.

    Args:
        prediction: Whether the model's mask, maps and score are shown.
        labels: Whether the labels that it has already are.
        why_hidden: What is kept from the reader, and until when, in words; "" where nothing is.
    """

    prediction: bool = True
    labels: bool = True
    why_hidden: str = ""


def sight_of(session: Session, task: str, case: str, reader: str) -> Sight:
    """Say what a reader may see of a case."""
    mode = session.project.task_settings(task).reading
    if mode is ReadingMode.TRIAGE:
        return Sight(prediction=False, why_hidden="Triage: the model orders the list, and shows nothing else.")
    if awaits_first_label(session, task, case, reader, mode):
        why = "Second read: the prediction is hidden until your own first label is kept; press Accept for that."
        return Sight(prediction=False, labels=False, why_hidden=why)
    return Sight()


def awaits_first_label(session: Session, task: str, case: str, reader: str, mode: ReadingMode | None) -> bool:
    """Tell whether the next label of a reader is the first of the two that a second read takes.

    Who verifies another reader's label has to see it, and owes no label of their own first.
    """
    if mode is not ReadingMode.SECOND_READ:
        return False
    history = session.project.annotations.history(case, task)
    accepted = [revision for revision in history if revision.accepted]
    if stage_of(session, task, accepted[-1] if accepted else None, reader) is Stage.TO_VERIFY:
        return False
    return all(revision.reader != reader for revision in history)


def set_reading_mode(session: Session, task: str, mode: ReadingMode) -> None:
    """Let readers and model share the readings of a task in another way from now on; kept in medal.toml.

    Raises:
        SettingsError: The project has no such task, or the file is not valid any more.
    """
    session.project.settings_file.set_reading(session.project.task(task), mode)
