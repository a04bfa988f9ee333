"""What is larger than this computer is refused before it is read."""

from pathlib import Path

import psutil

from napari_medal.errors import FormatError

_GIBIBYTE = 1024**3
_MOST_UNPACKED = 100_000
"""Bytes that one byte of a file may unpack to; zlib reaches 1,032, and blank pictures a few thousand."""


def require_room(path: Path, bytes_wanted: int, stored: int | None = None) -> None:
    """Check that an image fits into the memory of this computer.

    A header may promise anything, and a small packed file may unpack to far more than there is.

    Args:
        path: The file, for the message.
        bytes_wanted: What its voxels take, as its header says.
        stored: What the file takes on the disk, where memory is asked for before that much was read.

    Raises:
        FormatError: They take more than all of the memory, or more than a file of that size can hold.
    """
    if stored is not None and bytes_wanted > max(stored, 1) * _MOST_UNPACKED:
        msg = (
            f"{path}: found {stored} bytes, and a header that promises {bytes_wanted}; wanted what the header promises."
        )
        raise FormatError(msg)
    there_is = psutil.virtual_memory().total
    if bytes_wanted > there_is:
        found = f"an image of {bytes_wanted / _GIBIBYTE:,.0f} GiB"
        msg = f"{path}: found {found}, as its header says; wanted one that fits into {there_is / _GIBIBYTE:,.0f} GiB."
        raise FormatError(msg)
