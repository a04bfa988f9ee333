"""The numbers that slices of a stack have in their names."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from napari_medal.io.case_name import stem

_DIGITS = re.compile(r"(\d+)")
_MOST_SHOWN = 6


def in_order(files: Iterable[Path]) -> tuple[Path, ...]:
    """Sort files as people count: slice_2 before slice_10."""
    return tuple(sorted(files, key=_natural))


def missing_numbers(files: Sequence[Path]) -> str:
    """Name the numbers that are left out between the first and the last, such as "3, 7"; "" for none.

    The number is the one group of digits in which the names differ. Numbers that grow by the same step miss none.
    """
    names = [_DIGITS.split(stem(path)) for path in files]
    if len(names) < 3 or len({len(name) for name in names}) > 1:
        return ""
    counting = [place for place in range(1, len(names[0]), 2) if len({int(name[place]) for name in names}) > 1]
    if len(counting) != 1:
        return ""
    numbers = sorted(int(name[counting[0]]) for name in names)
    steps = [after - before for before, after in pairwise(numbers)]
    step = min(steps)
    if step < 1 or all(other == step for other in steps):
        return ""
    have = set(numbers)
    left_out = [number for number in range(numbers[0], numbers[-1], step) if number not in have]
    shown = ", ".join(str(number) for number in left_out[:_MOST_SHOWN])
    return shown + (", ..." if len(left_out) > _MOST_SHOWN else "")


def _natural(path: Path) -> tuple[tuple[int, int, str], ...]:
    parts = _DIGITS.split(path.name)
    return tuple((1, int(part), part) if place % 2 else (0, 0, part) for place, part in enumerate(parts))
