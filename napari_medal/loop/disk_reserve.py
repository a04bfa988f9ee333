"""Room on the disk for putting things in order when it is full."""

from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from napari_medal.atomic import write_atomic
from napari_medal.catalogue.no_room import says_no_room
from napari_medal.errors import NoRoomError

_BYTES = 2**20
_NAME = "reserve"


class DiskReserve:
    """A file that takes up room for as long as it is entered, and is deleted when the catalogue needs that.

    Args:
        folder: Where it lies.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / _NAME

    def __enter__(self) -> Self:
        """Take the room up.

        Raises:
            NoRoomError: There is none.
        """
        try:
            write_atomic(self._path, _fill)
        except OSError as error:
            if not says_no_room(error):
                raise
            msg = f"{self._path.parent}: found no room on the disk ({error.strerror}); wanted more. Nothing was begun."
            raise NoRoomError(msg) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()

    def release(self) -> None:
        """Give the room up."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


def _fill(path: Path) -> None:
    path.write_bytes(bytes(_BYTES))
