"""What a reader said of a case."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from napari_medal.core.edit_size import EditSize
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.slice_ranges import SliceRanges
from napari_medal.core.verified import Verified


@dataclass(frozen=True)
class Annotation:
    """One immutable revision of a reader's label, with its provenance.

    Args:
        identifier: Unique in the project.
        case: The case's name.
        task: The task it answers.
        revision: 1 for the first label of this case and task, then counting up.
        reader: Who drew or chose it.
        created_at: When it was kept (UTC).
        seconds_spent: Reading time, as far as known.
        voxels_changed: Voxels that differ from the prediction it started from; None without one.
        started_from: Model version whose prediction was corrected; None for a label drawn from scratch.
        mask: The mask's file on the source image's grid, for tasks that draw.
        class_value: The chosen class, for tasks that choose.
        value: The number, in the quantity's unit, for tasks that measure.
        accepted: Whether it answers the task; else it is a label to start from, such as an imported draft, and nothing
            learns from it.
        confirmed: The axial slices that the reader calls right; None for the whole mask.
        slices: How many axial slices the mask has, as far as known.
        labels: Label values that occur in the mask, as far as known.
        mode: How reader and model shared the reading; None for a label that came from elsewhere.
        edit: How much was corrected of the mask that was shown, the model's or another reader's; None without one, or
            where it is not known.
        verified: Whose label it verifies, and how much of it was corrected; None for a label of the reader's own.
    """

    identifier: int
    case: str
    task: str
    revision: int
    reader: str
    created_at: datetime
    seconds_spent: float
    voxels_changed: int | None
    started_from: int | None
    mask: Path | None = None
    class_value: int | None = None
    accepted: bool = True
    confirmed: SliceRanges | None = None
    slices: int | None = None
    labels: tuple[int, ...] | None = None
    mode: ReadingMode | None = None
    value: float | None = None
    edit: EditSize | None = None
    verified: Verified | None = None
