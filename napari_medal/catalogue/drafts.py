"""Work in progress as versions before the journal kept it: a whole mask. It is read once more, and not written."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from napari_medal.catalogue.damage import ARCHIVE_DAMAGE
from napari_medal.errors import ProjectError
from napari_medal.types import LabelArray


@dataclass(frozen=True, eq=False)
class Draft:
    """A mask that a reader has begun: (Z, Y, X) label values on the canonical grid."""

    mask: LabelArray
    seconds_spent: float
    started_from: int | None


def load_draft(path: Path) -> Draft | None:
    """Return the draft in a file, if there is one.

    Raises:
        ProjectError: The file is damaged; it is left where it is.
    """
    if not path.exists():
        return None
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            started_from = int(arrays["started_from"])
            return Draft(arrays["mask"], float(arrays["seconds"]), started_from or None)
    except ARCHIVE_DAMAGE as error:
        msg = f"The draft {path} is damaged ({error})."
        raise ProjectError(msg) from error
