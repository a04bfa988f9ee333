"""What a reader is told of a label that has, or has had, a second reader."""

from typing import TYPE_CHECKING

from napari_medal.core.verification import Stage

if TYPE_CHECKING:
    from napari_medal.loop.opening import OpenedCase


def verifying_words(opened: "OpenedCase") -> str:
    """Say what is asked of the reader; "" where no second reader is."""
    label = opened.label
    if label is None or opened.stage is Stage.NOT_ASKED:
        return ""
    when = f"{label.created_at.astimezone():%d %b %Y}"
    if opened.stage is Stage.TO_VERIFY:
        return f"{label.reader} accepted this label on {when}. Correct what is wrong with it, and press Verify."
    if opened.stage is Stage.AWAITING:
        return f"You accepted this label on {when}; another reader has to verify it. Accepting again changes it only."
    changed = label.verified is not None and label.verified.changed > 0
    verdict = "and corrected" if changed else "without a change"
    return f"{label.reader} verified this label on {when}, {verdict}. What anybody else accepts is to be verified anew."
