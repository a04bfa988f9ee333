"""The smallest ellipsoid around a structure."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_Points = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ellipsoid:
    """An ellipsoid.

    Args:
        centre_mm: (3,) its middle.
        semi_axes_mm: (3, 3) from the middle to the surface along each axis, a row each, the longest first.
    """

    centre_mm: _Points
    semi_axes_mm: _Points

    @property
    def volume_mm3(self) -> float:
        """Its volume."""
        return float(4 / 3 * np.pi * np.prod(np.linalg.norm(self.semi_axes_mm, axis=1)))


def bounding_ellipsoid(
    mask: npt.NDArray[np.bool_], spacing_mm: tuple[float, float, float], tolerance: float = 1e-3, steps: int = 10_000
) -> Ellipsoid | None:
    """Return the ellipsoid of least volume around the corners of all voxels of a mask (Z, Y, X); None for an empty one.

    Corners, not centres: so the structure lies within, and a single voxel or a single slice has a thickness. Positions
    are index times spacing, the middle of the first voxel being 0. Khachiyan's algorithm (1996, Math Oper Res
    21:307-320) with the start of Kumar and Yildirim and the steps away of Todd and Yildirim (2007, Discrete Appl Math
    155:1731-1744), on the vertices of the convex hull, which are all that counts.

    Args:
        mask: Where the structure is.
        spacing_mm: Along each axis.
        tolerance: How much the squared distance of a point may exceed the optimum's, as a share; what is found is then
            enlarged until it holds every corner.
        steps: Most steps.
    """
    if not mask.any():
        return None
    points = _hull(_corners(mask))
    low, size = points.min(axis=0), np.ptp(points, axis=0)
    unit = (points - low) / size
    weights = _weights(unit, tolerance, steps)
    centre = weights @ unit
    spread = (unit * weights[:, None]).T @ unit - np.outer(centre, centre)
    distances = np.einsum("ni,ij,nj->n", unit - centre, np.linalg.inv(spread), unit - centre)
    scale = size * spacing_mm
    lengths, axes = np.linalg.eigh(spread * distances.max() * np.outer(scale, scale))
    order = np.argsort(-lengths, kind="stable")
    return Ellipsoid((low + centre * size) * spacing_mm, np.sqrt(lengths[order])[:, None] * axes.T[order])


def _corners(mask: npt.NDArray[np.bool_]) -> _Points:
    """Return the outermost corners of each row of voxels, in voxels: all others lie between two of them."""
    width = mask.shape[2]
    found = np.pad(mask.any(axis=2), 1)
    first = np.pad(np.where(mask.any(axis=2), mask.argmax(axis=2), width), 1, constant_values=width)
    last = np.pad(np.where(mask.any(axis=2), width - mask[:, :, ::-1].argmax(axis=2), 0), 1)
    rows = [(slice(z, z + found.shape[0] - 1), slice(y, y + found.shape[1] - 1)) for z in (0, 1) for y in (0, 1)]
    z, y = np.nonzero(np.any([found[row] for row in rows], axis=0))
    starts = np.min([first[row] for row in rows], axis=0)[z, y]
    ends = np.max([last[row] for row in rows], axis=0)[z, y]
    return np.concatenate([np.stack([z, y, x], axis=1) for x in (starts, ends)]) - 0.5


def _hull(points: _Points) -> _Points:
    from scipy.spatial import ConvexHull

    return np.asarray(points[ConvexHull(points).vertices], dtype=np.float64)


def _weights(points: _Points, tolerance: float, steps: int) -> _Points:
    """Return how much each point holds the ellipsoid; most are 0."""
    lifted = np.concatenate([points, np.ones((len(points), 1))], axis=1)
    n = lifted.shape[1]
    weights = np.zeros(len(points))
    weights[_start(points)] = 1.0
    weights /= weights.sum()
    for _ in range(steps):
        inverse = np.linalg.inv((lifted * weights[:, None]).T @ lifted)
        found = ((lifted @ inverse) * lifted).sum(axis=1)
        far, near = int(found.argmax()), int(np.where(weights > 0, found, np.inf).argmin())
        beyond, within = found[far] / n - 1, 1 - found[near] / n
        if max(beyond, within) <= tolerance:
            break
        at = far if beyond > within else near
        step = (found[at] - n) / (n * (found[at] - 1)) if found[at] > 1 else -np.inf
        step = max(step, -weights[at] / (1 - weights[at]))
        weights *= 1 - step
        weights[at] = max(weights[at] + step, 0.0)
    return weights


def _start(points: _Points) -> list[int]:
    """Return points far apart in directions that span the space."""
    chosen: list[int] = []
    spanned = np.zeros((3, 0))
    for _ in range(3):
        rest = np.eye(3) - spanned @ spanned.T
        direction = rest[:, int(np.linalg.norm(rest, axis=0).argmax())]
        along = points @ direction
        ends = [int(along.argmin()), int(along.argmax())]
        chosen += ends
        spanned = np.linalg.qr(np.column_stack([spanned, points[ends[1]] - points[ends[0]]]))[0]
    return chosen
