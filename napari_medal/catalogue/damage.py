"""What reading a damaged .npz file may raise."""

import struct
import zipfile
import zlib

ARCHIVE_DAMAGE = (
    OSError,
    EOFError,
    ValueError,
    KeyError,
    RuntimeError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""A zip archive cut off, emptied or with flipped bits; `zipfile` has no common root for them."""
