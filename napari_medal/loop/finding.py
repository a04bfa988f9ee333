"""Which reader of folders reads a folder, and the cases that it finds."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from napari_medal.core.folder_reader import FolderReader, NamesLabels
from napari_medal.core.found_case import FoundCase
from napari_medal.core.found_cases import FoundCases
from napari_medal.core.progress import Progress
from napari_medal.core.pseudonyms import Pseudonyms
from napari_medal.errors import FormatError
from napari_medal.registry import Registry

_LAST = "plain"
_KEY_BYTES = 32


@dataclass(frozen=True)
class Finding:
    """What was found in a folder.

    Args:
        reader: Whose folder it is.
        cases: Sorted by name.
        label_names: What the values in its masks mean, as far as it says that.
        remarks: What belongs to no case and is left out.
    """

    reader: FolderReader
    cases: tuple[FoundCase, ...]
    label_names: Mapping[int, str]
    remarks: tuple[str, ...] = ()


def find_cases(
    folder: Path,
    form: str,
    folders: Registry[FolderReader],
    pseudonyms: Callable[[], Pseudonyms],
    progress: Progress,
) -> Finding:
    """Find the cases in a folder.

    Args:
        folder: Where to look.
        form: Name of the reader of folders; "" for the first that recognises it, "plain" last.
        folders: Those that are installed.
        pseudonyms: Fetches what names patients; called only for a form that does not name by files.
        progress: Told how far it is.

    Raises:
        FormatError: The folder is missing or contradicts itself.
        ExtensionError: There is no such form.
    """
    if not folder.is_dir():
        msg = f"{folder}: found no such folder; wanted one that holds images."
        raise FormatError(msg)
    reader = folders.get(form) if form else recognise(folder, folders)
    needs_names = not getattr(reader, "names_by_files", False)
    key = pseudonyms() if needs_names else throwaway_pseudonyms()
    found = reader.find(folder, key, progress)
    remarks = found.remarks if isinstance(found, FoundCases) else ()
    return Finding(reader, tuple(found), label_names(reader, folder), remarks)


def recognise(folder: Path, folders: Registry[FolderReader]) -> FolderReader:
    """Return the first reader of folders that recognises one: those of one set before those of a form, plain last."""
    working = folders.working()
    for reader in sorted(working.values(), key=lambda reader: not getattr(reader, "for_one_set", False)):
        if reader.name != _LAST and reader.recognises(folder):
            return reader
    return working[_LAST]


def label_names(reader: FolderReader, folder: Path) -> Mapping[int, str]:
    """Return what the values in the masks of a folder mean, as far as it says that."""
    return reader.label_names(folder) if isinstance(reader, NamesLabels) and reader.recognises(folder) else {}


def throwaway_pseudonyms() -> Pseudonyms:
    """Return what names patients for as long as nothing is kept."""
    return Pseudonyms(secrets.token_bytes(_KEY_BYTES))
