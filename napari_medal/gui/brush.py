"""napari's brush in millimetres."""

from collections.abc import Sequence

_MAX_SIZE = 400
"""In voxels; a larger brush takes seconds to paint."""


def brush_size(diameter_mm: float, spacing_mm: Sequence[float]) -> int:
    """Return napari's brush size for a diameter.

    napari counts in the smallest spacing of the axes that are painted, and paints an odd number of voxels.

    Args:
        diameter_mm: Wanted.
        spacing_mm: Of the painted axes.
    """
    across = diameter_mm / min(spacing_mm)
    return min(_MAX_SIZE + 1, 2 * max(0, round((across - 1.0) / 2.0)) + 1)


def brush_mm(size: float, spacing_mm: Sequence[float]) -> float:
    """Return the diameter that napari paints with a brush size."""
    return (2 * (int(size) // 2) + 1) * min(spacing_mm)
