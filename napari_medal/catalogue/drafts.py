"""Work in progress: kept as it is drawn, so that nothing is lost when a case is left or the program dies."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from napari_medal.atomic import write_atomic
from napari_medal.catalogue.damage import ARCHIVE_DAMAGE
from napari_medal.catalogue.layout import Layout
from napari_medal.errors import ProjectError
from napari_medal.types import LabelArray


@dataclass(frozen=True, eq=False)
class Draft:
    """A mask that a reader has begun: (Z, Y, X) label values on the canonical grid."""

    mask: LabelArray
    seconds_spent: float
    started_from: int | None


class Drafts:
    """The drafts of a project, one for each case and task at most."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def save(self, case: str, task: str, draft: Draft) -> None:
        """Keep a draft, in place of the last one."""
        write_atomic(self._layout.draft(case, task), lambda path: _save(path, draft))

    def load(self, case: str, task: str) -> Draft | None:
        """Return the draft of a case, if there is one.

        Raises:
            ProjectError: The file is damaged; it is left where it is.
        """
        path = self._layout.draft(case, task)
        if not path.exists():
            return None
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
                started_from = int(arrays["started_from"])
                return Draft(arrays["mask"], float(arrays["seconds"]), started_from or None)
        except ARCHIVE_DAMAGE as error:
            msg = f"The draft {path} is damaged ({error})."
            raise ProjectError(msg) from error

    def discard(self, case: str, task: str) -> None:
        """Forget a draft, after its mask was accepted."""
        self._layout.draft(case, task).unlink(missing_ok=True)


def _save(path: Path, draft: Draft) -> None:
    with path.open("wb") as stream:
        np.savez_compressed(
            stream,
            allow_pickle=False,
            mask=draft.mask,
            seconds=np.float64(draft.seconds_spent),
            started_from=np.int64(draft.started_from or 0),
        )
