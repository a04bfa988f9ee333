"""What a recipe does in its own way."""

from dataclasses import dataclass

from napari_medal.core.loss_name import LossName

Span = tuple[float, float]
"""Least and most."""


@dataclass(frozen=True)
class HistogramWindow:
    """A window that each channel of each case finds in its own histogram; what is in it is scaled to 0 to 1.

    It begins at a low percentile of what is not air, and reaches beyond the tissue's peak.

    Args:
        low_percentile: Of the voxels above the lowest value: the window's lower end.
        bins: Bins over the whole range, in which the most frequent one above Otsu's threshold is the peak.
        reach: Width of the window relative to the distance of the peak from its lower end.
    """

    low_percentile: float = 2.0
    bins: int = 128
    reach: float = 2.55

    def __str__(self) -> str:
        return f"percentile {self.low_percentile:g} to {self.reach:g} times the tissue's peak"


@dataclass(frozen=True)
class Augmentation:
    """How patches are changed while training, and in no other way.

    Args:
        rotations_degrees: Spans of angles, of which one is drawn each time; in the slice, or about every axis of a
            patch that is thick enough.
        scales: Spans of factors, likewise; more than 1 makes things larger.
        apart: A third of the patches is rotated, a third is scaled, a third left; else each is rotated and scaled.
        labelled_only: Patches without a label stay as they are.
    """

    rotations_degrees: tuple[Span, ...] = ()
    scales: tuple[Span, ...] = ()
    apart: bool = False
    labelled_only: bool = False

    def __str__(self) -> str:
        turned, scaled = _spans(self.rotations_degrees), _spans(self.scales)
        parts = (f"rotated by {turned} degrees" if turned else "", f"scaled by {scaled}" if scaled else "")
        how = " or ".join(part for part in parts if part) or "never changed"
        return f"{how}{', a third each' if self.apart else ''}{', with a label only' if self.labelled_only else ''}"


@dataclass(frozen=True)
class SliceDraw:
    """Patches are drawn by slice, over all cases: each that shows something alike, and blank ones never.

    Args:
        labelled: How many times more often a slice with a label is drawn.
    """

    labelled: float = 1.0


@dataclass(frozen=True)
class Particulars:
    """What a recipe asks of the engine beyond the usual; nothing leaves the engine its own way.

    Args:
        window: How intensities are cut off before they are brought to zero mean and unit deviation over all cases.
        augmentation: How patches are changed while training.
        draw: How patches are drawn.
        loss: What is meant where a person has chosen no loss.
        looks_at: Channels that the network sees; empty means all.
        context: Slices at each end of a patch that are only looked at: what a network says of them is not compared.
        keep_largest: Of each label of a predicted mask only the largest part is kept, 6-connected; probabilities stay.
    """

    window: HistogramWindow | None = None
    augmentation: Augmentation | None = None
    draw: SliceDraw | None = None
    loss: LossName = LossName.AUTO
    looks_at: tuple[int, ...] = ()
    context: int = 0
    keep_largest: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """What is other than usual, each in a few words."""
        seen = ", ".join(str(channel + 1) for channel in self.looks_at)
        found = (
            f"intensities cut off at {self.window}" if self.window is not None else "",
            f"sees channel {seen} alone" if seen else "",
            f"patches {self.augmentation}" if self.augmentation is not None else "",
            f"drawn by slice, labelled ones {self.draw.labelled:g} times as often" if self.draw is not None else "",
            f"the loss is {self.loss.value}" if self.loss is not LossName.AUTO else "",
            f"context at each end: {self.context} slice{'s' if self.context > 1 else ''}" if self.context else "",
            "the largest part of each label is kept" if self.keep_largest else "",
        )
        return tuple(text for text in found if text)


AS_THE_ENGINE_DOES = Particulars()
"""What needs no saying."""


def _spans(spans: tuple[Span, ...]) -> str:
    return " or ".join(f"{low:g} to {high:g}" for low, high in spans)
