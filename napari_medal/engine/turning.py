"""Rotations of patches in millimetres, as torch's sampling grids have them."""

import torch

_FLAT = 3
"""A patch this many times wider than it is deep turns in its plane only, as in nnU-Net; in millimetres."""


def extents_mm(images: torch.Tensor, spacing_mm: tuple[float, float, float]) -> torch.Tensor:
    """Return how far patches (B, C, Z, Y, X) reach along (x, y, z)."""
    return torch.tensor(spacing_mm[::-1]) * torch.tensor(images.shape[:1:-1])


def is_flat(images: torch.Tensor, spacing_mm: tuple[float, float, float]) -> bool:
    """Tell whether patches (B, C, Z, Y, X) are slices, or piles too thin to be turned over."""
    width, height, depth = extents_mm(images, spacing_mm).tolist()
    return images.shape[2] == 1 or depth * _FLAT < max(height, width)


def rotations(angles: torch.Tensor, flat: bool) -> torch.Tensor:
    """Return rotation matrices (B, 3, 3) in (x, y, z) by angles (B, 3) in radians; about z alone for flat patches."""
    if flat:
        angles = angles * torch.tensor([0.0, 0.0, 1.0])
    skew = torch.zeros(len(angles), 3, 3)
    skew[:, 0, 1], skew[:, 0, 2], skew[:, 1, 2] = -angles[:, 2], angles[:, 1], -angles[:, 0]
    return torch.as_tensor(torch.linalg.matrix_exp(skew - skew.transpose(1, 2)))


def in_grid(matrices: torch.Tensor, extents: torch.Tensor) -> torch.Tensor:
    """Return matrices (B, 3, 3) in millimetres as `affine_grid` takes them, for patches of these extents (x, y, z)."""
    half = extents / 2
    return matrices * half[None, None, :] / half[None, :, None]
