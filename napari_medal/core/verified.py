"""What a second reader made of a label."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Verified:
    """A second reader's verdict on a label of another reader.

    Args:
        identifier: The annotation that was verified.
        changed: How much the second reader corrected: voxels of a mask; 1 for another class or number, 0 for the same.
        dice: Mean Dice of both masks over the labels that either holds, 1 where both are empty; None without masks.
    """

    identifier: int
    changed: int
    dice: float | None = None
