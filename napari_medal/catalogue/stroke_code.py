"""A stroke as bytes: runs of neighbouring voxels and the values that they had and have."""

import struct
import zlib

import numpy as np

from napari_medal.core.stroke import Places, Stroke

_HEAD = struct.Struct("<HQQ")
_LEVEL = 1


def encode_stroke(stroke: Stroke) -> bytes:
    """Return a stroke as bytes."""
    title = stroke.title.encode()
    first = _run_starts(stroke.voxels)
    lengths = np.diff(np.append(first, len(stroke)))
    head = _HEAD.pack(len(title), first.size, len(stroke))
    arrays = (stroke.voxels[first], lengths, stroke.before, stroke.after)
    return head + title + zlib.compress(b"".join(array.tobytes() for array in arrays), _LEVEL)


def decode_stroke(code: bytes) -> Stroke:
    """Return the stroke that `encode_stroke` was given.

    Raises:
        ValueError: The bytes are no stroke.
    """
    size, runs, voxels = _HEAD.unpack_from(code)
    title = code[_HEAD.size : _HEAD.size + size].decode()
    try:
        content = zlib.decompress(code[_HEAD.size + size :])
    except zlib.error as error:
        msg = f"No stroke: {error}."
        raise ValueError(msg) from error
    starts, lengths = np.frombuffer(content, dtype=np.int64, count=2 * runs).reshape(2, runs)
    before, after = np.frombuffer(content, dtype=np.uint8, offset=16 * runs).reshape(2, voxels)
    return Stroke(_places(starts, lengths), before, after, title)


def _run_starts(voxels: Places) -> Places:
    """Return which of (N,) ascending places begin a run of neighbours."""
    if voxels.size == 0:
        return voxels
    return np.flatnonzero(np.diff(voxels, prepend=voxels[0] - 2) != 1)


def _places(starts: Places, lengths: Places) -> Places:
    """Return the voxels of runs, ascending."""
    offsets = np.repeat(starts - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths) if starts.size else starts
    return offsets + np.arange(offsets.size, dtype=np.int64)
