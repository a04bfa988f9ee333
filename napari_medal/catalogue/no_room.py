"""Whether an error says that the disk is full."""

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_DATABASE_NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE)


def says_no_room(error: BaseException) -> bool:
    """Tell whether an error of a file or of the catalogue says that the disk, or one's share of it, is full."""
    if isinstance(error, OSError):
        return error.errno in _NO_ROOM
    if isinstance(error, DBAPIError):
        return getattr(error.orig, "sqlite_errorcode", None) in _DATABASE_NO_ROOM
    return False
