"""Places filled in turn from several queues."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence

from napari_medal.acquisition.placed import placed
from napari_medal.core.strategy import Ranked

_BATCHES = 10
"""So many batches are kept apart by groups; the order is made anew long before the reader gets there."""


def deal(
    queues: Sequence[Sequence[Ranked]],
    turn: Callable[[int], int],
    groups: Mapping[str, int] | None = None,
    batch: int = 1,
) -> list[Ranked]:
    """Fill one place after another from the queue whose turn it is; no case comes twice.

    Args:
        queues: Orders of cases. The first holds every case, and fills in where another is at its end.
        turn: Gives the index of the queue for a place, from 0.
        groups: The group of each case: no two of a group come within a batch, as long as there are others.
        batch: Places in a batch.
    """
    waiting = [deque(queue) for queue in queues]
    order: list[Ranked] = []
    taken: set[str] = set()
    for number in range(len(queues[0])):
        begun = number - number % batch
        apart = groups if groups is not None and number < _BATCHES * batch else {}
        beside = {apart.get(place.case) for place in order[begun:]} - {None}
        queue = _rest(waiting[turn(number)], taken) or _rest(waiting[0], taken)
        free = (place for place in queue if place.case not in taken and apart.get(place.case) not in beside)
        order.append(next(free, queue[0]))
        taken.add(order[-1].case)
    return placed(order)


def _rest(queue: deque[Ranked], taken: set[str]) -> deque[Ranked]:
    while queue and queue[0].case in taken:
        queue.popleft()
    return queue
