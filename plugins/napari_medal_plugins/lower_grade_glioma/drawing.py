"""What the figures of a tumour's shape come from, as lines and points."""

import numpy as np
import numpy.typing as npt

from napari_medal.core.sketch import Points, Sketch
from napari_medal.metrics.bounding_ellipsoid import Ellipsoid, bounding_ellipsoid
from napari_medal.metrics.outline import outline
from napari_medal.metrics.slice_choice import SliceChoice

_AROUND = 72
"""Corners of a ring, and most radii of a slice: one in five degrees."""
_MERIDIANS = 4


def draw(
    piece: npt.NDArray[np.bool_], spacing_mm: tuple[float, float, float], choice: SliceChoice
) -> tuple[Sketch, ...]:
    """Draw ellipsoid, centroids and radii of a tumour (Z, Y, X); all empty where it is."""
    around = bounding_ellipsoid(piece, spacing_mm)
    return (
        Sketch(
            "ellipsoid",
            "Ellipsoid",
            "The smallest ellipsoid around the tumour: where it cuts each slice, and lines from end to end",
            "#3182bd",
            () if around is None else (*_cuts(around, len(piece), spacing_mm[0]), *_meridians(around)),
        ),
        Sketch(
            "centroid",
            "Centroid",
            "The middle of the tumour, and of its outline in each slice",
            "#ffd92f",
            points=_middles(piece, spacing_mm),
        ),
        Sketch(
            "radii",
            "Radii",
            "From the middle to the edge in the slice that the figures of the edge come from",
            "#e7298a",
            tuple(path for z in choice.slices(piece) for path in _radii(piece[z], z, spacing_mm)),
        ),
    )


def _cuts(around: Ellipsoid, slices: int, thickness_mm: float) -> list[Points]:
    """Return where an ellipsoid cuts each slice, as rings."""
    normal = around.semi_axes_mm[:, 0]
    half = float(np.linalg.norm(normal))
    side, other = np.linalg.svd((normal / half)[None])[2][1:]
    turns = np.linspace(0, 2 * np.pi, _AROUND + 1)[:, None]
    rings = []
    for z in range(slices):
        height = (z * thickness_mm - around.centre_mm[0]) / half
        if abs(height) < 1.0:
            on_ball = height * normal / half + np.sqrt(1 - height**2) * (np.cos(turns) * side + np.sin(turns) * other)
            ring = around.centre_mm + on_ball @ around.semi_axes_mm
            # Else rounding would put parts of a ring beside its slice.
            ring[:, 0] = z * thickness_mm
            rings.append(ring)
    return rings


def _meridians(around: Ellipsoid) -> list[Points]:
    """Return rings through both ends of an ellipsoid's longest axis."""
    turns = np.linspace(0, 2 * np.pi, _AROUND + 1)[:, None]
    long, middle, short = around.semi_axes_mm
    tilts = np.arange(_MERIDIANS) * np.pi / _MERIDIANS
    sides = [np.cos(tilt) * middle + np.sin(tilt) * short for tilt in tilts]
    return [around.centre_mm + np.cos(turns) * long + np.sin(turns) * side for side in sides]


def _middles(piece: npt.NDArray[np.bool_], spacing_mm: tuple[float, float, float]) -> Points | None:
    if not piece.any():
        return None
    whole = np.argwhere(piece).mean(axis=0)
    each = [(z, *outline(piece[z]).centroid) for z in SliceChoice.ALL.slices(piece)]
    return np.array([whole, *each]) * spacing_mm


def _radii(pixels: npt.NDArray[np.bool_], z: int, spacing_mm: tuple[float, float, float]) -> list[Points]:
    found = outline(pixels)
    step = -(-len(found.offsets) // _AROUND)
    middle = np.array([z, *found.centroid])
    ends = np.pad(found.offsets[::step], ((0, 0), (1, 0))) + middle
    return [np.stack([middle, end]) * spacing_mm for end in ends]
