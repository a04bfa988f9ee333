"""Name a prepared case by all that it was made from."""

from pathlib import Path

from napari_medal.core.case import Case
from napari_medal.core.plan import Plan
from napari_medal.core.target import Target

_WAY = 1
"""Counts up when cases are prepared in another way."""


def preparation_key(case: Case, plan: Plan, target: Target) -> str:
    """Return what tells a case, as a network with this plan sees it, from every other.

    Raises:
        OSError: A file of the case is not there.
    """
    patch = None if target is Target.MASK else plan.patch
    images = tuple(mark(path) for path in case.images)
    own = (plan.particulars.window, plan.particulars.looks_at)
    return repr((_WAY, case.name, images, plan.spacing_mm, patch, target.value, plan.intensities, own))


def mark(path: Path) -> tuple[str, int, int]:
    """Return a file's name, size and time of change, which differ when the file was replaced."""
    found = path.stat()
    return path.name, found.st_size, found.st_mtime_ns
