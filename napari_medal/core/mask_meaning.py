"""What a folder says of a mask beyond its voxels."""

from dataclasses import dataclass

from napari_medal.core.slice_ranges import SliceRanges


@dataclass(frozen=True)
class MaskMeaning:
    """How a mask is to be read.

    Args:
        values: Pairs of a stored value and the label's; empty where a mask holds the labels' own values.
        unknown: The stored value of voxels that nobody has labelled; None where there is none.
        confirmed: First and last of the slices that are right, from 0; None for all that `unknown` leaves.
        draft: Why no reader stands behind it, such as "only a model has drawn it"; "" where one does.
    """

    values: tuple[tuple[int, int], ...] = ()
    unknown: int | None = None
    confirmed: SliceRanges | None = None
    draft: str = ""


AS_STORED = MaskMeaning()
"""A mask that holds labels' values, all of them a reader's."""
PREDICTED = "only a model has drawn it"
"""Why a model's answer is a draft."""
