"""What is left, and said, of an adding that the disk had no room for."""

from collections import Counter
from collections.abc import Collection, Mapping

from napari_medal.errors import NoRoomError
from napari_medal.loop.incoming import Incoming
from napari_medal.loop.own_folder import remove_own
from napari_medal.loop.session import Session
from napari_medal.loop.settling import settle
from napari_medal.loop.taking_over import TakenOver

_MOST_NAMES = 5


def full_disk(
    session: Session,
    came: Collection[str],
    wanted: Mapping[str, Collection[Incoming]],
    taken: TakenOver,
    error: Exception,
) -> NoRoomError:
    """Take back cases whose labels did not come, so that they come with them the next time; return what to say.

    Args:
        session: The session.
        came: Names of the cases that came in just now.
        wanted: The cases that have a label, by task.
        taken: What became of labels.
        error: What said that the disk is full.
    """
    labels = Counter(case.name for cases in wanted.values() for case in cases)
    settled = Counter([*taken.cases, *taken.drafts, *(refused.case for refused in taken.refused)])
    waiting = sorted((labels - settled).keys() & set(came))
    out = session.project.cases.take_back(waiting)
    for name in out:
        remove_own(session.project.layout.images(name))
    kept = [name for name in waiting if name not in out and _settled_labels(session, name) < labels[name]]
    reason = getattr(error, "strerror", None) or getattr(error, "orig", error)
    words = f"{session.project.folder}: found no room on the disk ({reason}); wanted more. "
    words += f"{len(came) - len(out) - len(kept)} new cases came in and are whole; make room, and add the folder again "
    words += "for the rest."
    if kept:
        names = ", ".join(kept[:_MOST_NAMES]) + (", ..." if len(kept) > _MOST_NAMES else "")
        words += f" {len(kept)} came in without all of their labels: {names}."
    return NoRoomError(words)


def _settled_labels(session: Session, name: str) -> int:
    """Put a case into the state that follows from the labels it has, and return how many those are."""
    latest = [session.project.annotations.latest(task).get(name) for task in session.project.settings.tasks]
    found = [annotation for annotation in latest if annotation is not None]
    for annotation in found:
        settle(session, annotation)
    return len(found)
