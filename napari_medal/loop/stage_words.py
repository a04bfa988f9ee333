"""What a label has come to by a second reader, in words."""

from napari_medal.core.annotation import Annotation
from napari_medal.core.case import CaseState
from napari_medal.core.verification import Stage
from napari_medal.core.verified import Verified


def standing_in_words(state: CaseState, stage: Stage) -> str:
    """Say where a case stands: what its label waits for, where it waits for anything, else its state."""
    is_told = stage is Stage.TO_VERIFY or (state is CaseState.ACCEPTED and stage is not Stage.NOT_ASKED)
    return stage.value if is_told else state.value


def stage_in_words(label: Annotation, stage: Stage) -> str:
    """Say it in a few words, such as "verified by B. Reader: 12 voxels corrected"."""
    if stage is Stage.TO_VERIFY:
        return f"{label.reader} accepted it; another reader verifies"
    if stage is Stage.AWAITING:
        return "you accepted it; another reader verifies"
    if label.verified is None:
        return ""
    return f"verified by {label.reader}: {correction_in_words(label.verified)}"


def correction_in_words(verified: Verified) -> str:
    """Say what a second reader corrected."""
    if verified.changed == 0:
        return "unchanged"
    if verified.dice is None:
        return "corrected"
    return f"{verified.changed:,} voxel{'s' if verified.changed > 1 else ''} corrected"
