"""Any folder of image files, told apart by their names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from napari_medal.core.found_case import FoundCase, FoundImage
from napari_medal.core.progress import Progress
from napari_medal.core.pseudonyms import Pseudonyms
from napari_medal.io.discover import discover, match_masks
from napari_medal.io.installed import installed_files


@dataclass(frozen=True)
class PlainFolder:
    """Takes every file for a case, but for numbered channels, subfolders and masks (`io.discover`)."""

    name: str = "plain"
    title: str = "folder of images"
    names_by_files: bool = True

    def recognises(self, folder: Path) -> bool:
        """Tell whether it is a folder: whatever nothing else recognises is read by its names."""
        return folder.is_dir()

    def find(self, folder: Path, pseudonyms: Pseudonyms, progress: Progress) -> Sequence[FoundCase]:  # noqa: ARG002
        """Find the cases by their names.

        Raises:
            FormatError: Two cases have the same name, or a case has two masks.
        """
        return discover(folder, installed_files().suffixes)

    def masks(self, folder: Path, cases: Sequence[FoundCase]) -> Mapping[str, FoundImage]:
        """Find masks by the names of their cases.

        Raises:
            FormatError: A case has two masks.
        """
        return match_masks(cases, folder, installed_files().suffixes)


FOLDER = PlainFolder()
