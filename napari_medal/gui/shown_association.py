"""What a window shows of an association."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ShownPair:
    """A test of one figure against one column, in words.

    Args:
        mask: Whose masks were measured: "label" or "prediction".
        feature: The figure.
        column: The column.
        subjects: How many have both.
        p: Of Fisher's exact test.
        holm: The same by Holm's correction.
        bonferroni: The same by Bonferroni's.
        quarters: For each group how many subjects are in each quarter of the figure, the lowest first.
        areas: For each group the chance that a subject of it has a higher figure than another, with its interval.
    """

    mask: str
    feature: str
    column: str
    subjects: int
    p: float
    holm: float
    bonferroni: float
    quarters: str
    areas: str


@dataclass(frozen=True)
class ShownAssociation:
    """All tests, what they show in sentences, and a picture (PNG)."""

    sentences: tuple[str, ...]
    pairs: tuple[ShownPair, ...]
    picture: bytes
