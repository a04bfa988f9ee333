"""The truth that a simulated reader answers from."""

from collections.abc import Mapping
from pathlib import Path

from napari_medal.core.case import Case, CaseState
from napari_medal.core.found_case import FoundCase, FoundImage
from napari_medal.core.grid import Grid
from napari_medal.core.target import Target
from napari_medal.errors import SettingsError
from napari_medal.loop.judging import Truth
from napari_medal.loop.labels_along import find_classes, find_masks, find_values
from napari_medal.loop.session import Session
from napari_medal.types import LabelArray

_LEFT_OUT = (CaseState.BROKEN, CaseState.REJECTED)


class Truths:
    """A folder of masks, or a table of classes or values, read case by case.

    Raises:
        SettingsError: It knows none of the project's cases.
    """

    def __init__(self, session: Session, task: str, truth: Path) -> None:
        self._session = session
        self._task = task
        self._classes: Mapping[str, int] = {}
        self._values: Mapping[str, float] = {}
        self._masks: Mapping[str, FoundImage] = {}
        if not truth.exists():
            msg = f"{truth}: found nothing there; wanted a folder of masks, or a table of classes or values."
            raise SettingsError(msg)
        cases = [case for case in session.project.cases.all() if case.state not in _LEFT_OUT]
        target = session.task(task).target
        if target is Target.CLASS:
            self._classes = find_classes(session, task, truth)
        elif target is Target.VALUE:
            self._values = find_values(session, task, truth)
        else:
            found = find_masks(session, [FoundCase(case.name, ()) for case in cases], truth)
            self._masks = {name: mask for name, mask in found.items() if not mask.meaning.draft}
        names = self._classes.keys() | self._values.keys() | self._masks.keys()
        self.known = {case.name for case in cases} & names
        if not self.known:
            msg = f"{truth}: found no truth for any of the {len(cases)} cases; wanted files or rows named like them."
            raise SettingsError(msg)

    def class_of(self, case: str) -> int:
        """Return the true class of a case."""
        return self._classes[case]

    def value_of(self, case: str) -> float:
        """Return the true value of a case."""
        return self._values[case]

    def mask_of(self, case: str, grid: Grid) -> LabelArray:
        """Return the true mask of a case, on its canonical grid."""
        return self._session.files.read_label(self._masks[case], grid, self._session.scheme(self._task))

    def of(self, case: Case) -> Truth:
        """Return the truth of a case."""
        if self._classes:
            return self.class_of(case.name)
        if self._values:
            return self.value_of(case.name)
        return self.mask_of(case.name, self._session.files.read_case(case.images)[0].grid)
