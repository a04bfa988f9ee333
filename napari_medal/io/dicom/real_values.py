"""From stored numbers to what they mean."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_medal.io.dicom.frame import Frame
from napari_medal.io.dicom.pixel_form import PixelForm

_SHORT = np.iinfo(np.int16)


def real_values(stored: npt.NDArray[Any], frames: Sequence[Frame]) -> npt.NDArray[Any]:
    """Return real values of (picture, row, column) numbers: bright is high, slope and intercept are applied.

    Where every slope is 1 and all intercepts are the same whole number, values stay whole numbers; else they are
    float32. May change `stored`.
    """
    if stored.dtype.kind == "f":
        numbers = stored
    else:
        numbers = _used_bits(stored.astype(stored.dtype.newbyteorder("="), copy=False), frames[0].pixels)
    scales = {(frame.slope, frame.intercept) for frame in frames}
    slope, intercept = next(iter(scales))
    if len(scales) == 1 and slope == 1 and intercept.is_integer() and numbers.dtype.kind in "iu":
        return _offset(numbers, int(intercept))
    slopes = np.array([frame.slope for frame in frames], dtype=np.float32)[:, None, None]
    intercepts = np.array([frame.intercept for frame in frames], dtype=np.float32)[:, None, None]
    real: npt.NDArray[Any] = numbers.astype(np.float32)
    real *= slopes
    real += intercepts
    return real


def _used_bits(numbers: npt.NDArray[Any], form: PixelForm) -> npt.NDArray[Any]:
    """Keep the bits that are used (old files hide overlays in the rest), and turn MONOCHROME1 round."""
    spare = numbers.dtype.itemsize * 8 - form.stored
    if spare > 0 and numbers.dtype.kind == "i":
        numbers = (numbers << spare) >> spare
    elif spare > 0 and int(numbers.max(initial=0)) >= 1 << form.stored:
        numbers = numbers & numbers.dtype.type((1 << form.stored) - 1)
    if form.photometric != "MONOCHROME1":
        return numbers
    highest = -1 if numbers.dtype.kind == "i" else (1 << form.stored) - 1
    return np.asarray(numbers.dtype.type(highest) - numbers)


def _offset(numbers: npt.NDArray[Any], intercept: int) -> npt.NDArray[Any]:
    """Add a whole number, in two bytes where that is enough."""
    if intercept == 0:
        return numbers
    low, high = int(numbers.min()), int(numbers.max())
    fits = _SHORT.min <= low + intercept and high + intercept <= _SHORT.max
    if fits and numbers.dtype.itemsize == 2 and high <= _SHORT.max and _SHORT.min <= intercept <= _SHORT.max:
        short = numbers.view(np.int16)
        np.add(short, np.int16(intercept), out=short)
        return short
    return (numbers.astype(np.int64) + intercept).astype(np.int16 if fits else np.int32)
