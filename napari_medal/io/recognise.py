"""Which reader of folders a folder is for."""

from collections.abc import Mapping
from pathlib import Path

from napari_medal.core.folder_reader import FolderReader
from napari_medal.errors import ExtensionError

PLAIN = "plain"
"""The reader that takes what no other one recognises."""


def recognise(readers: Mapping[str, FolderReader], folder: Path, form: str = "") -> FolderReader:
    """Return the reader called `form`; where nothing is said the first that recognises the folder, the plain one last.

    Raises:
        ExtensionError: There is no such reader.
    """
    wanted = form or next((name for name in readers if name != PLAIN and readers[name].recognises(folder)), PLAIN)
    if wanted not in readers:
        msg = f"{folder}: found no reader of folders '{wanted}'; wanted one of {', '.join(readers)}."
        raise ExtensionError(msg)
    return readers[wanted]
