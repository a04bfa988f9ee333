"""The losses by name."""

from enum import StrEnum


class LossName(StrEnum):
    """What a network is told about its mistakes. AUTO is the recipe's own, else Dice and cross-entropy for a mask,
    cross-entropy for a class, Huber's loss for a value.
    """  # noqa: D205

    AUTO = "auto"
    DICE = "dice"
    DICE_CE = "dice-ce"
    DICE_FOCAL = "dice-focal"
    FOCAL_TVERSKY = "focal-tversky"
    JACCARD = "jaccard"
    CE = "ce"
    WEIGHTED_CE = "weighted-ce"
    FOCAL = "focal"
    BCE = "bce"
    ORDINAL = "ordinal"
    HUBER = "huber"
