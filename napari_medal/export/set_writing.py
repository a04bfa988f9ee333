"""The writing of one set of images and masks for each task that draws."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

from napari_medal.core.dataset import Dataset, ExportReport
from napari_medal.core.progress import Progress
from napari_medal.export.annotation_table import write_annotation_tables
from napari_medal.export.case_files import CaseFiles
from napari_medal.export.in_parallel import Check, in_parallel
from napari_medal.export.mask_sets import MaskSet, SetCase, mask_sets
from napari_medal.export.staging import whole_or_nothing
from napari_medal.io.installed import installed_files


@dataclass(frozen=True)
class PlacedSet:
    """A set and the folder that it is written into."""

    content: MaskSet
    folder: Path


class SetWriter(ABC):
    """Writes every set in a folder of its own, and the tables beside them; a format says what a folder holds."""

    format_name: str

    @abstractmethod
    def folder_of(self, content: MaskSet, place: int) -> str:
        """Return the name of a set's folder; `place` counts the sets from 0."""

    @abstractmethod
    def mask_path(self, case: SetCase) -> str:
        """Return where a case's mask lies in its set's folder."""

    @abstractmethod
    def write_case(self, case: SetCase, placed: PlacedSet, files: CaseFiles) -> int:
        """Write images and mask, and return the number of channels."""

    @abstractmethod
    def describe(self, placed: PlacedSet, channels: int) -> None:
        """Write what goes with the files of a set."""

    def write(self, dataset: Dataset, folder: Path, progress: Progress) -> ExportReport:
        """Write the dataset into `folder`: all of it, or nothing.

        Raises:
            ExportError: The folder holds something already, there is no mask, cases differ in their channels, or the
                disk is full.
            FormatError: An image has been damaged since it was added.
            JobCancelled: The person cancelled; nothing was written.
        """
        sets = mask_sets(dataset, self.format_name)

        def fill(staging: Path) -> int:
            masks: dict[tuple[str, str], str] = {}
            for place, content in enumerate(sets):
                placed = PlacedSet(content, staging / self.folder_of(content, place))
                self._write_set(placed, progress)
                for case in content.cases:
                    path = placed.folder.relative_to(staging) / self.mask_path(case)
                    masks[case.case.case.name, content.task] = path.as_posix()
            write_annotation_tables(dataset, masks, staging)
            return sum(path.is_file() for path in staging.rglob("*"))

        files = whole_or_nothing(folder, progress, fill)
        return ExportReport(folder, len({case.case.case.name for one in sets for case in one.cases}), files)

    def _write_set(self, placed: PlacedSet, progress: Progress) -> None:
        readers = installed_files()

        def write(case: SetCase, check: Check) -> int:
            return self.write_case(case, placed, CaseFiles(case.case.case, readers, check))

        content = placed.content
        counts = in_parallel(content.cases, write, progress, f"Exporting {content.task}")
        content.require_channels(
            {case.name: n for case, n in zip(content.cases, counts, strict=True)}, self.format_name
        )
        self.describe(placed, counts[0])
