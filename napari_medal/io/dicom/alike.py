"""Pictures that could be slices of one stack."""

from collections.abc import Iterable

from napari_medal.io.dicom.frame import Frame
from napari_medal.io.dicom.header import Vector

_ORIENTATION = 1e-3
_SPACING_MM = 1e-3


def group_alike(frames: Iterable[Frame]) -> list[list[Frame]]:
    """Group pictures by size, orientation and spacing; the largest group comes first."""
    groups: list[list[Frame]] = []
    for frame in frames:
        fitting = (group for group in groups if _are_alike(group[0], frame))
        group = next(fitting, None)
        if group is None:
            groups.append([frame])
        else:
            group.append(frame)
    return sorted(groups, key=len, reverse=True)


def _are_alike(first: Frame, second: Frame) -> bool:
    ours, theirs = first.pixels, second.pixels
    return (
        (ours.rows, ours.columns, ours.samples) == (theirs.rows, theirs.columns, theirs.samples)
        and first.is_placed is second.is_placed
        and _are_close(first.orientation, second.orientation, _ORIENTATION)
        and _are_close(first.spacing_mm, second.spacing_mm, _SPACING_MM)
    )


def _are_close(first: Vector | None, second: Vector | None, tolerance: float) -> bool:
    if first is None or second is None:
        return first is second
    return len(first) == len(second) and all(abs(a - b) <= tolerance for a, b in zip(first, second, strict=True))
