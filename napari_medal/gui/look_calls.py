"""The use-cases of second looks, as the worker calls them; imported there, like those in `calls`."""

from typing import TYPE_CHECKING

from napari_medal.core.second_look import SecondLook

if TYPE_CHECKING:
    from napari_medal.loop.session import Session


def looks_of(session: "Session", task: str) -> tuple[str, list[SecondLook]]:
    """Return the task, and what of it somebody should look at again."""
    from napari_medal.loop import second_looks

    return task, second_looks.second_looks(session, task)


def dismiss(session: "Session", task: str, look: SecondLook) -> tuple[str, list[SecondLook]]:
    """Note that an entry is right; return the task, and what is left."""
    from napari_medal.loop import second_looks

    second_looks.dismiss(session, task, look.case, look.kind)
    return looks_of(session, task)
