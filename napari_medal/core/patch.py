"""How much of a case a training step sees."""

from napari_medal.core.plan import Fingerprint

Sides = tuple[int, int, int]


def plan_patch(fingerprint: Fingerprint, divisor: Sides, voxels: int) -> Sides:
    """Cover the median case if `voxels` allow, else shrink the longest side step by step.

    Every side is a multiple of the divisor, at least two of it where it has to shrink; a volume's patch has two slices
    at least, because one slice means a 2D network.
    """
    sides = [-(-n // d) * d for n, d in zip(fingerprint.median_shape, divisor, strict=True)]
    if not fingerprint.planar:
        sides[0] = max(sides[0], 2)
    while sides[0] * sides[1] * sides[2] > voxels:
        smaller = shrink_patch((sides[0], sides[1], sides[2]), divisor)
        if smaller is None:
            break
        sides = list(smaller)
    return sides[0], sides[1], sides[2]


def shrink_patch(sides: Sides, divisor: Sides) -> Sides | None:
    """Take one step off the side that is the longest in steps; None where every side has two or fewer."""
    shrunk = list(sides)
    longest = max(range(3), key=lambda axis: sides[axis] / divisor[axis])
    if sides[longest] <= 2 * divisor[longest]:
        return None
    shrunk[longest] -= divisor[longest]
    return shrunk[0], shrunk[1], shrunk[2]
