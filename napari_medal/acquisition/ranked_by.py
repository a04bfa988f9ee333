"""Cases in the order of one number."""

from collections.abc import Callable

from napari_medal.acquisition.draw import draw
from napari_medal.acquisition.unseen import unseen
from napari_medal.core.score import CaseScore
from napari_medal.core.strategy import Candidate, Pool, Ranked


def ranked_by(pool: Pool, place: Callable[[Candidate, CaseScore], Ranked]) -> list[Ranked]:
    """Order the cases that the model has seen by their priority, equals at random; the others follow at random.

    Args:
        pool: The pool.
        place: Gives a case its priority, its reason and the numbers behind it.
    """
    places = [place(candidate, candidate.score) for candidate in pool.candidates if candidate.score is not None]
    places.sort(key=lambda found: (-found.priority, draw(found.case, pool.seed)))
    return places + unseen(pool, places[-1].priority if places else 1.0)
