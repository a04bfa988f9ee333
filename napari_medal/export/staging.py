"""A dataset is written as a whole, or not at all."""

import errno
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from napari_medal.core.progress import Progress
from napari_medal.errors import ExportError

T = TypeVar("T")
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def whole_or_nothing(folder: Path, progress: Progress, write: Callable[[Path], T]) -> T:
    """Let `write` fill a folder beside `folder`, and rename it into place; whatever it raises leaves nothing behind.

    Raises:
        ExportError: `folder` holds something already, or the disk is full.
        JobCancelled: The person cancelled.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        msg = f"{folder} is not empty; wanted a new or an empty folder to export into."
        raise ExportError(msg)
    folder = folder.resolve()  # an empty folder may be a link to one on another disk
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".exporting-", dir=folder.parent))
    try:
        result = write(staging)
        progress.check()
        if folder.exists():
            folder.rmdir()
        staging.chmod(0o755)
        staging.replace(folder)
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        written = sum(path.stat().st_size for path in staging.rglob("*") if path.is_file())
        msg = (
            f"{folder.parent}: found no room for the dataset ({error.strerror}) after {written / 1e6:.0f} MB; wanted "
            "more. Nothing was written: make room, or export to another disk."
        )
        raise ExportError(msg) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return result
