"""What is larger than this computer is refused before it is read."""

from pathlib import Path

import psutil

from napari_medal.errors import FormatError

_GIBIBYTE = 1024**3


def require_room(path: Path, bytes_wanted: int) -> None:
    """Check that an image fits into the memory of this computer.

    A header may promise anything, and a small packed file may unpack to far more than there is.

    Args:
        path: The file, for the message.
        bytes_wanted: What its voxels take, as its header says.

    Raises:
        FormatError: They take more than all of the memory.
    """
    there_is = psutil.virtual_memory().total
    if bytes_wanted > there_is:
        found = f"an image of {bytes_wanted / _GIBIBYTE:,.0f} GiB"
        msg = f"{path}: found {found}, as its header says; wanted one that fits into {there_is / _GIBIBYTE:,.0f} GiB."
        raise FormatError(msg)
