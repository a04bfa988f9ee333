"""Which axial slices a reader has confirmed."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from napari_medal.errors import GeometryError

SliceRanges = tuple[tuple[int, int], ...]
"""First and last array slice z of each range, both counted in, from 0; ascending, apart from each other."""


def merged(ranges: Iterable[tuple[int, int]], slices: int) -> SliceRanges | None:
    """Return ranges in order, those that touch made one; None where they cover all `slices`.

    Raises:
        GeometryError: There is none, or one lies outside the image or ends before it begins.
    """
    found: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if not 0 <= first <= last < slices:
            msg = f"Found the slices {first + 1}-{last + 1}; wanted slices from 1 to {slices}, the first one first."
            raise GeometryError(msg)
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    if not found:
        msg = "Found no slices; wanted at least one that is right."
        raise GeometryError(msg)
    return None if found == [(0, slices - 1)] else tuple(found)


def in_words(ranges: SliceRanges) -> str:
    """Say which slices, counted from 1: "10-24, 30"."""
    return ", ".join(f"{first + 1}" if first == last else f"{first + 1}-{last + 1}" for first, last in ranges)


def from_words(text: str) -> list[tuple[int, int]]:
    """Understand what `in_words` says.

    Raises:
        GeometryError: The text is something else.
    """
    ranges = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.strip().isdigit() or (dash and not last.strip().isdigit()):
            msg = f"Found the slices '{text}'; wanted numbers and ranges counted from 1, such as '10-24' or '3, 10-24'."
            raise GeometryError(msg)
        ranges.append((int(first) - 1, int(last if dash else first) - 1))
    return ranges


def as_flags(ranges: SliceRanges | None, slices: int) -> npt.NDArray[np.bool_]:
    """Return for each of the slices whether it is in a range, (slices,); all are where there are no ranges."""
    flags = np.full(slices, ranges is None)
    for first, last in ranges or ():
        flags[first : last + 1] = True
    return flags
