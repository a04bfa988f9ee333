"""Which case comes after which: those to label by their rank, those to verify among themselves."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from napari_medal.core.verification import Stage

if TYPE_CHECKING:
    from napari_medal.loop.ranking import WorkItem


def reading_order(items: "Sequence[WorkItem]", *, verifying: bool) -> list[str]:
    """Return the cases that wait for a label, the most valuable first; or those that the reader may verify."""
    if verifying:
        return [item.case.name for item in items if item.stage is Stage.TO_VERIFY]
    return [item.case.name for item in items if item.rank is not None]


def next_in_order(items: "Sequence[WorkItem]", case: str | None, *, verifying: bool) -> str | None:
    """Return the case after this one, round and round; one of the other kind where there is none of this kind."""
    names = reading_order(items, verifying=verifying) or reading_order(items, verifying=not verifying)
    place = names.index(case) + 1 if case in names else 0
    return names[place % len(names)] if names else None
