"""A mask as bytes: runs of one value, compressed."""

import struct
import zlib

import numpy as np
import numpy.typing as npt

from napari_medal.types import LabelArray

_HEAD = struct.Struct("<BQ")
_RUNS = 0
_VOXELS = 1
_CHUNK = 1 << 23
_LEVEL = 1
_DENSE = 8
"""Where there are more runs than a voxel in this many, the voxels themselves take less room."""


def encode_mask(mask: LabelArray) -> bytes:
    """Return a mask of any shape as bytes."""
    flat = mask.reshape(-1)
    starts = _run_starts(flat)
    if starts.size > flat.size // _DENSE:
        return _HEAD.pack(_VOXELS, 0) + zlib.compress(flat.tobytes(), _LEVEL)
    lengths = np.diff(np.append(starts, flat.size)).astype(np.uint32)
    return _HEAD.pack(_RUNS, starts.size) + zlib.compress(flat[starts].tobytes() + lengths.tobytes(), _LEVEL)


def decode_mask(code: bytes, shape: tuple[int, int, int]) -> LabelArray:
    """Return the mask that `encode_mask` was given, (Z, Y, X).

    Raises:
        ValueError: The bytes are no mask of that shape.
    """
    kind, runs = _HEAD.unpack_from(code)
    try:
        content = zlib.decompress(code[_HEAD.size :])
    except zlib.error as error:
        msg = f"No mask: {error}."
        raise ValueError(msg) from error
    if kind == _VOXELS:
        return np.frombuffer(content, dtype=np.uint8).reshape(shape).copy()
    values = np.frombuffer(content, dtype=np.uint8, count=runs)
    lengths = np.frombuffer(content, dtype=np.uint32, offset=runs)
    flat: LabelArray = np.repeat(values, lengths)
    return flat.reshape(shape)


def _run_starts(flat: LabelArray) -> npt.NDArray[np.int64]:
    """Return where each run of one value begins; in pieces, because the comparison is as large as the mask."""
    found = [np.zeros(1 if flat.size else 0, dtype=np.int64)]
    for begin in range(0, flat.size - 1, _CHUNK):
        end = min(begin + _CHUNK, flat.size - 1)
        found.append(np.flatnonzero(flat[begin:end] != flat[begin + 1 : end + 1]) + (begin + 1))
    return np.concatenate(found)
