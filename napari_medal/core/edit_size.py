"""How much there is to correct."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EditSize:
    """A correction in the quantities that reading time goes with.

    Args:
        length_mm: Length of the contours that have to be drawn anew, summed over the axial slices.
        slices: Axial slices that have to be touched.
        components: Separate places that have to be touched.
    """

    length_mm: float
    slices: int
    components: int
