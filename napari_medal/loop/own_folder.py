"""Folders of the project that nothing is written or deleted through a link."""

import shutil
from pathlib import Path


def remove_own(folder: Path) -> None:
    """Delete a folder with all in it; of a link the link alone, never what it leads to."""
    if folder.is_symlink():
        folder.unlink()
        return
    shutil.rmtree(folder, ignore_errors=True)
