"""Drawing subjects into training and validation."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Draw:
    """Which undrawn subjects go where."""

    training: tuple[str, ...]
    validation: tuple[str, ...]


def draw_validation(undrawn: Iterable[str], in_training: int, in_validation: int, share: float, seed: int) -> Draw:
    """Divide newly labelled subjects so that validation holds `share` of all labelled subjects.

    Only subjects that no model has seen may enter validation, so the set is frozen but for growth: subjects drawn
    before stay where they are. At least one subject stays in training, and no subject goes to validation while
    there are fewer than three in all. The draw is random and repeatable by `seed`.
    """
    waiting = sorted(set(undrawn))
    total = len(waiting) + in_training + in_validation
    wanted = round(share * total) if total >= 3 else 0
    if share > 0 and total >= 3:
        wanted = max(1, wanted)
    spare = len(waiting) if in_training else max(0, len(waiting) - 1)
    count = min(max(0, wanted - in_validation), spare)
    order = np.random.default_rng([seed, total]).permutation(len(waiting))
    chosen = {waiting[position] for position in order[:count]}
    return Draw(
        training=tuple(name for name in waiting if name not in chosen),
        validation=tuple(name for name in waiting if name in chosen),
    )
