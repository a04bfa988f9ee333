"""One made-up head: tissues, a curved structure in two parts, and its labels."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_medal.core.grid import Grid
from napari_medal.types import FloatArray, LabelArray

_EDGE_MM = 0.5
"""Half width of the partial-volume ramp between two tissues."""
_HALF_LENGTH_MM = 16.0


class Tissue(Enum):
    """What a voxel is made of, in the order in which the painter lays it on."""

    AIR = 0
    SCALP = 1
    SKULL = 2
    FLUID = 3
    GREY = 4
    WHITE = 5
    NUCLEUS = 6
    STRUCTURE = 7


@dataclass(frozen=True, eq=False)
class Anatomy:
    """Tissue fractions (tissue, Z, Y, X) that sum to one, and labels (Z, Y, X): 1 anterior, 2 posterior."""

    fractions: FloatArray
    labels: LabelArray


@dataclass(frozen=True, eq=False)
class _Space:
    """Positions in the head (millimetres, bent and turned for one subject), each (Z, Y, X)."""

    x: FloatArray
    y: FloatArray
    z: FloatArray


def grow_anatomy(grid: Grid, atrophic: bool, rng: np.random.Generator) -> Anatomy:
    """Grow a subject on a canonical grid; in an atrophic one the structure is thin and the ventricle wide."""
    space = _bent_space(grid, rng)
    folds = _smooth_field(grid, 2.4, rng)
    ripples = _smooth_field(grid, 6.0, rng)
    size = rng.uniform(0.92, 1.1)
    structure, along = _structure(space, size * (0.74 if atrophic else 1.0), rng)
    depth = _depth_in_brain(space, rng) + 1.2 * ripples
    layers = {
        Tissue.SCALP: depth + rng.uniform(7.5, 9.5) + 0.8 * folds,
        Tissue.SKULL: depth + rng.uniform(4.0, 5.5) + 0.5 * ripples,
        Tissue.FLUID: depth + 1.5,
        Tissue.GREY: np.minimum(depth, 1.9 * np.abs(folds) - 0.7 + 0.35 * np.maximum(depth - 7.0, 0.0)),
        Tissue.WHITE: np.minimum(depth - 3.2, 3.0 * np.abs(folds) - 3.2 + 0.45 * np.maximum(depth - 4.0, 0.0)),
    }
    fractions = _painted(grid, layers)
    _lay_on(fractions, Tissue.FLUID, _ventricle(space, 1.45 if atrophic else 0.95, rng) + 0.5 * folds)
    _lay_on(fractions, Tissue.NUCLEUS, _nucleus(space, size, rng) + 0.4 * folds)
    _lay_on(fractions, Tissue.GREY, _strip_below(space, size) + 0.4 * folds)
    _lay_on(fractions, Tissue.STRUCTURE, structure)
    border = rng.normal(-2.0, 1.2) + 0.8 * ripples
    labels = np.where(along < border, 1, 2).astype(np.uint8)
    labels[structure <= 0] = 0
    return Anatomy(fractions, labels)


def _bent_space(grid: Grid, rng: np.random.Generator) -> _Space:
    """Return head coordinates: x to the left, y to the back, z up, zero near the middle of the structure."""
    axes = [(np.arange(n) - (n - 1) / 2) * mm for n, mm in zip(grid.shape, grid.spacing_mm, strict=True)]
    positions = np.stack(np.meshgrid(*axes, indexing="ij")).astype(np.float32)[::-1]
    angles = rng.normal(scale=np.radians(6), size=3)
    turned = np.tensordot(_rotation(angles).astype(np.float32), positions, axes=1)
    shifts = rng.normal(scale=1.6, size=3).tolist()
    x, y, z = (part + shift + 1.5 * _smooth_field(grid, 9.0, rng) for part, shift in zip(turned, shifts, strict=True))
    return _Space(x, y, z)


def _rotation(angles: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    matrix = np.eye(3)
    for axis, angle in enumerate(angles):
        first, second = (axis + 1) % 3, (axis + 2) % 3
        turn = np.eye(3)
        turn[first, first] = turn[second, second] = np.cos(angle)
        turn[first, second], turn[second, first] = -np.sin(angle), np.sin(angle)
        matrix = turn @ matrix
    return matrix


def _smooth_field(grid: Grid, sigma_mm: float, rng: np.random.Generator) -> FloatArray:
    """Return a random field (Z, Y, X) of mean 0 and deviation 1 with features of about `sigma_mm`."""
    from scipy.ndimage import gaussian_filter

    noise = rng.standard_normal(grid.shape, dtype=np.float32)
    field = gaussian_filter(noise, [sigma_mm / mm for mm in grid.spacing_mm], mode="wrap", truncate=2.5)
    return np.asarray((field - field.mean()) / field.std(), dtype=np.float32)


def _depth_in_brain(space: _Space, rng: np.random.Generator) -> FloatArray:
    """Return the depth below the brain's surface in mm, negative outside; that is lateral and below."""
    radii = (np.array((52.0, 66.0, 45.0)) * rng.uniform(0.96, 1.04, 3)).tolist()
    scaled = [(space.x + 30) / radii[0], (space.y - 4) / radii[1], (space.z - 24) / radii[2]]
    return np.asarray((1 - np.sqrt(sum(part**2 for part in scaled))) * min(radii), dtype=np.float32)


def _structure(space: _Space, size: float, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Return the signed depth in the curved structure, and the position along it (mm, front to back)."""
    along = np.clip(space.y, -_HALF_LENGTH_MM, _HALF_LENGTH_MM)
    part = along / _HALF_LENGTH_MM
    bend, lift = rng.normal(1.0, 0.15, 2).tolist()
    centre_x = bend * (2.5 * np.sin(2.2 * part) - 3.0 * part**2)
    centre_z = lift * (5.0 * part**2 * (part > 0) - 1.5 * np.sin(2.6 * part))
    taper = size * (0.72 + 0.28 * np.cos(1.9 * (part + 0.55)) + 0.06 * np.sin(7 * part))
    wide, high = 7.2 * taper, 5.2 * taper
    beyond = (space.y - along) / (4.5 * size)
    radius = np.sqrt(((space.x - centre_x) / wide) ** 2 + ((space.z - centre_z) / high) ** 2 + beyond**2)
    return np.asarray((1 - radius) * high, dtype=np.float32), np.asarray(space.y, dtype=np.float32)


def _blob(space: _Space, centre: tuple[float, float, float], radii: tuple[float, float, float]) -> FloatArray:
    """Return the signed depth in an ellipsoid; centre and radii (x, y, z) in mm."""
    scaled = zip((space.x, space.y, space.z), centre, radii, strict=True)
    radius = np.sqrt(sum(((place - middle) / reach) ** 2 for place, middle, reach in scaled))
    return np.asarray((1 - radius) * min(radii), dtype=np.float32)


def _ventricle(space: _Space, width: float, rng: np.random.Generator) -> FloatArray:
    """Return the signed depth in a curved horn that runs along and above the structure."""
    rise = 6.0 + 0.012 * (space.y + 6) ** 2
    centre_x = 5.0 + 1.5 * np.sin(space.y / 9)
    across = np.sqrt(((space.x - centre_x) / (3.6 * width)) ** 2 + ((space.z - rise) / (2.4 * width)) ** 2)
    reach = np.maximum(np.abs(space.y - 4) - rng.uniform(15, 18), 0) / 4
    return np.asarray((1 - np.sqrt(across**2 + reach**2)) * 2.4 * width, dtype=np.float32)


def _nucleus(space: _Space, size: float, rng: np.random.Generator) -> FloatArray:
    """Return the signed depth in a neighbour of almost the same intensity, in front and above."""
    x, y, z = np.array((-2.0, -17.0, 8.0)) + rng.normal(scale=0.7, size=3)
    return _blob(space, (float(x), float(y), float(z)), (6.5 * size, 6.0 * size, 5.0 * size))


def _strip_below(space: _Space, size: float) -> FloatArray:
    """Return the signed depth in a strip of grey matter that curls below the structure."""
    rise = -8.5 * size - 1.2 * np.sin(space.y / 7) - 0.05 * (space.x + 2) ** 2
    sheet = 2.0 - np.abs(space.z - rise)
    return np.asarray(np.minimum(sheet, 9.0 - np.abs(space.x + 2)), dtype=np.float32)


def _painted(grid: Grid, layers: "dict[Tissue, FloatArray]") -> FloatArray:
    fractions = np.zeros((len(Tissue), *grid.shape), dtype=np.float32)
    fractions[Tissue.AIR.value] = 1.0
    for tissue, depth in layers.items():
        _lay_on(fractions, tissue, depth)
    return fractions


def _lay_on(fractions: FloatArray, tissue: Tissue, depth: "npt.NDArray[Any]") -> None:
    """Cover what is there with a tissue, as much as its signed depth (mm) says."""
    cover = np.clip(depth / (2 * _EDGE_MM) + 0.5, 0.0, 1.0).astype(np.float32)
    fractions *= 1.0 - cover
    fractions[tissue.value] += cover
