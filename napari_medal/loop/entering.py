"""Found cases into the project, as many as the disk has room for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from napari_medal.catalogue.cases import NewCase
from napari_medal.catalogue.no_room import says_no_room
from napari_medal.core.progress import Progress
from napari_medal.loop.incoming import Incoming
from napari_medal.loop.own_folder import remove_own
from napari_medal.loop.session import Session
from napari_medal.loop.taking_in import take_in


@dataclass(frozen=True)
class Entered:
    """What came in.

    Args:
        rows: The cases by name, whole, or broken for a reason of their own.
        full: Why the rest did not: the disk is full; None where all came.
    """

    rows: dict[str, NewCase]
    full: Exception | None


def enter(
    session: Session, new: Sequence[Incoming], again: Sequence[Incoming], repair: bool, progress: Progress
) -> Entered:
    """Take cases in, and enter `new` ones and those that were broken and are tried `again`.

    Where the disk is full, the case at hand leaves nothing behind, and so does each that the catalogue has no room for.
    """
    wanted = [*new, *again]
    rows: dict[str, NewCase] = {}
    full: Exception | None = None
    for done, case in enumerate(wanted):
        progress.step(done, len(wanted), "Adding cases")
        try:
            rows[case.name] = take_in(session, case, repair)
        except OSError as error:
            if not says_no_room(error):
                raise
            remove_own(session.project.layout.images(case.name))
            full = error
            break
    cases = session.project.cases
    parts = ((cases.add, new), (cases.mend, again))
    for write, part in parts:
        full = _write(session, write, [case.name for case in part], rows) or full
    return Entered(rows, full)


def _write(
    session: Session, write: Callable[[Sequence[NewCase]], None], names: Sequence[str], rows: dict[str, NewCase]
) -> Exception | None:
    """Write those that fit into the catalogue, and drop the last ones from `rows`; return why, if any."""
    full: Exception | None = None
    left = [name for name in names if name in rows]
    while left:
        try:
            write([rows[name] for name in left])
        except Exception as error:  # of whatever database it is
            if not says_no_room(error):
                raise
            full = error
            remove_own(session.project.layout.images(left[-1]))
            del rows[left.pop()]
        else:
            break
    return full
