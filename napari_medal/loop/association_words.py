"""What an association shows, and what its number of subjects can show."""

import math
from collections.abc import Iterator

import numpy as np

from napari_medal.loop.association import Association, Side

_LEVEL = 0.05


def association_words(found: Association) -> tuple[str, ...]:
    """Return sentences for people."""
    return tuple(_sentences(found))


def _sentences(found: Association) -> Iterator[str]:
    joined = found.joined
    counts = " and ".join(f"{side.subjects} subjects of the table have a {side.source}" for side in found.sides)
    yield f"{counts}; {len(joined.unmatched_rows)} have none."
    if joined.unmatched_cases:
        yield f"Not in the table: {', '.join(joined.unmatched_cases)}."
    if joined.learned:
        yield (
            f"Left out: the predictions of {len(joined.learned)} cases by a model that had learned from a label of"
            " their subject; `features --folds` gives honest ones."
        )
    if found.missing:
        yield f"The table lacks what the task's source states: {', '.join(found.missing)}."
    for side in found.sides:
        yield from _of_side(side)
    yield from _can_show(found.sides[0])


def _of_side(side: Side) -> Iterator[str]:
    if not side.pairs:
        yield f"By {side.source}s: no column has two groups; nothing was tested."
        return
    count = len(side.pairs)
    holm, bonferroni, alone = (
        sum(p < _LEVEL for p in values)
        for values in (
            [pair.holm for pair in side.pairs],
            [pair.bonferroni for pair in side.pairs],
            [pair.test.p for pair in side.pairs],
        )
    )
    yield (
        f"By {side.source}s: {count} pairs tested; {alone} have p < {_LEVEL}, where chance alone gives about"
        f" {_LEVEL * count:.1f}; {holm} stay so by Holm's correction, {bonferroni} by Bonferroni's (p <"
        f" {_LEVEL / count:.2g})."
    )


def _can_show(side: Side) -> Iterator[str]:
    halves = [(area.high - area.low) / 2 for pair in side.pairs for area in pair.areas if not math.isnan(area.value)]
    if not halves:
        return
    yield (
        f"With {side.subjects} subjects an AUC's 95 % interval reaches {np.median(halves):.2f} to either side (median);"
        f" half of that takes about {4 * side.subjects}. Those of very small groups are too narrow: there is little to"
        " resample."
    )
    least = [pair.test.least for pair in side.pairs]
    unable = sum(p * len(least) >= _LEVEL for p in least)
    yield (
        f"The least p that a table of these sums can reach is between {min(least):.1g} and {max(least):.1g}; {unable}"
        f" of {len(least)} pairs could not pass Bonferroni's correction whatever the figures."
    )
