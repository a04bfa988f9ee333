"""The protocol of a reader of folders."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from napari_medal.core.found_case import FoundCase, FoundImage
from napari_medal.core.progress import Progress
from napari_medal.core.pseudonyms import Pseudonyms


@runtime_checkable
class FolderReader(Protocol):
    """Finds the cases in a folder that is arranged in a known way, such as BIDS, or a tree of DICOM files.

    Register an instance under the entry-point group "napari_medal.folders"; `napari_medal.testing.check_folder_reader`
    tells whether it is sound. It opens headers and tables, and no voxels. One with a true attribute `names_by_files`
    promises to name cases and subjects by files and folders alone, and to ask the pseudonyms for nothing. One with a
    true attribute `for_one_set` promises to recognise a single published set by names that nothing else has, and is
    asked before those of a form that the set may have too.
    """

    @property
    def name(self) -> str:
        """Identifier."""

    @property
    def title(self) -> str:
        """What people call such a folder, such as "BIDS dataset"."""

    def recognises(self, folder: Path) -> bool:
        """Tell whether a folder is arranged in this way; quick, and without an error for any folder."""

    def find(self, folder: Path, pseudonyms: Pseudonyms, progress: Progress) -> Sequence[FoundCase]:
        """Find the cases, sorted by name; `FoundCases` has room for remarks on what is left out.

        Args:
            folder: One that was recognised.
            pseudonyms: Name patients and exams, where files hold their names or identifiers.
            progress: Told how far it is.

        Raises:
            FormatError: The folder contradicts itself; the message names the file.
        """

    def masks(self, folder: Path, cases: Sequence[FoundCase]) -> Mapping[str, FoundImage]:
        """Find masks in a folder of this kind for cases that were found elsewhere, by case name.

        Raises:
            FormatError: The folder contradicts itself; the message names the file.
        """


@runtime_checkable
class NamesLabels(Protocol):
    """A reader of folders that say what the values in their masks mean."""

    def label_names(self, folder: Path) -> Mapping[int, str]:
        """Return the name of each value but 0, as far as the folder says it.

        Raises:
            FormatError: The folder contradicts itself; the message names the file.
        """
