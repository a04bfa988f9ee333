"""Masks of known shape."""

from collections.abc import Callable

import numpy as np


def flower(radius: float, depth: float, petals: int, spacing: tuple[float, float] = (1.0, 1.0)) -> np.ndarray:
    """Return one slice (1, Y, X) of radius * (1 + depth * cos(petals * angle)) millimetres."""
    return star(lambda angle: radius * (1 + depth * np.cos(petals * angle)), radius * (1 + abs(depth)), spacing)


def star(
    edge_mm: Callable[[np.ndarray], np.ndarray], largest_mm: float, spacing: tuple[float, float] = (1.0, 1.0)
) -> np.ndarray:
    """Return one slice (1, Y, X) of what lies within an edge that is told by the angle from the x axis."""
    halves = [int(largest_mm / step) + 2 for step in spacing]
    y, x = (np.arange(-half, half + 1) * step for half, step in zip(halves, spacing, strict=True))
    y, x = np.meshgrid(y, x, indexing="ij")
    return (np.hypot(y, x) <= edge_mm(np.arctan2(y, x)))[None]


def ellipsoid(
    semi_axes_mm: tuple[float, float, float], turn: np.ndarray, spacing: tuple[float, float, float]
) -> np.ndarray:
    """Return the voxels (Z, Y, X) whose middles lie within an ellipsoid around the middle voxel."""
    halves = [int(max(semi_axes_mm) / step) + 2 for step in spacing]
    places = [np.arange(-half, half + 1) * step for half, step in zip(halves, spacing, strict=True)]
    points = np.stack(np.meshgrid(*places, indexing="ij"), axis=-1)
    return (((points @ turn) / semi_axes_mm) ** 2).sum(axis=-1) <= 1.0


def turn(seed: int) -> np.ndarray:
    """Return a random rotation, (3, 3)."""
    found, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    return found
