"""A dataset as challenges know them: one set of images and masks for each task that draws."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Split
from napari_medal.core.dataset import Dataset, DatasetCase
from napari_medal.core.labels import LabelScheme
from napari_medal.core.target import Target
from napari_medal.errors import ExportError
from napari_medal.export.channels import common_channels
from napari_medal.io.own_words import PREDICTED_ENDING


@dataclass(frozen=True)
class SetCase:
    """A case of a set: its name there, and its mask."""

    case: DatasetCase
    annotation: Annotation

    @property
    def name(self) -> str:
        """Its name in the set, which says whether a reader has accepted the mask."""
        return self.case.case.name + ("" if self.annotation.accepted else PREDICTED_ENDING)

    @property
    def is_test(self) -> bool:
        """Whether it is set aside for testing."""
        return self.case.case.split is Split.TEST


@dataclass(frozen=True)
class MaskSet:
    """What one task's set holds; its cases have the same channels."""

    task: str
    title: str
    scheme: LabelScheme
    channels: tuple[str, ...]
    cases: tuple[SetCase, ...]

    def names(self, *splits: Split) -> list[str]:
        """Return the names of the cases in some splits."""
        return [case.name for case in self.cases if case.case.case.split in splits]

    def require_channels(self, counts: Mapping[str, int], format_name: str) -> None:
        """Check how many channels were found in each case: a colour picture is one file of three.

        Raises:
            ExportError: Two cases differ.
        """
        from napari_medal.export.channels import differing_channels

        first = self.cases[0].name
        for name, count in counts.items():
            if count != counts[first]:
                found, wanted = range(count), range(counts[first])
                raise differing_channels(format_name, name, found, first, wanted)


def mask_sets(dataset: Dataset, format_name: str) -> Sequence[MaskSet]:
    """Return a set for each task that draws, as far as anything is drawn.

    Raises:
        ExportError: There is no mask, two cases differ in their channels, or would have the same name.
    """
    found = []
    drawn = [name for name, task in dataset.tasks.items() if task.target is Target.MASK]
    for task in drawn:
        answered = [(case, case.answers[task]) for case in dataset.cases if task in case.answers]
        cases = tuple(SetCase(case, annotation) for case, annotation in answered if annotation.mask is not None)
        if cases:
            title = dataset.name if len(drawn) == 1 else f"{dataset.name} {task}"
            channels = common_channels([case.case for case in cases], format_name)
            found.append(MaskSet(task, title, dataset.tasks[task].labels, channels, cases))
            _require_own_names(cases)
    if not found:
        tasks = ", ".join(f"{name} ({task.target.value})" for name, task in dataset.tasks.items())
        msg = (
            f"The format '{format_name}' holds masks; found the tasks {tasks}, and no mask. Choose 'nifti' or 'bids' "
            "for classes and values."
        )
        raise ExportError(msg)
    return found


def folder_name(title: str) -> str:
    """Return a title as part of a folder's name: letters and digits, each word with a capital."""
    words = re.findall(r"[A-Za-z0-9]+", title)
    return "".join(word[0].upper() + word[1:] for word in words) or "Dataset"


def _require_own_names(cases: Sequence[SetCase]) -> None:
    names = [case.name for case in cases]
    for name in names:
        if names.count(name) > 1:
            msg = f"Found two cases that would be called {name}; wanted a name for each. Export without predicted ones."
            raise ExportError(msg)
