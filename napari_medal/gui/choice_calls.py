"""The use-cases of choosing what a task asks for, as the worker calls them; imported there, like those in `calls`."""

from typing import TYPE_CHECKING

from napari_medal.core.offered_choices import OfferedChoices
from napari_medal.core.task_choices import TaskChoices

if TYPE_CHECKING:
    from napari_medal.loop.session import Session


def offered(session: "Session", task: str) -> OfferedChoices:
    """Say what a task asks for, and what else there is."""
    from napari_medal.loop.choices import offered_choices

    return offered_choices(session, task)


def choose(session: "Session", task: str, shown: TaskChoices, chosen: TaskChoices) -> TaskChoices:
    """Let a task ask for what was chosen since it was shown; return what it asks for."""
    from napari_medal.loop import choices

    wanted = chosen.since(shown, session.project.settings.choices(task))
    choices.choose(session, task, wanted)
    return wanted
