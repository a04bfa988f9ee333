"""Cut numbers in quarters."""

import numpy as np
import numpy.typing as npt


def quartiles(values: npt.NDArray[np.floating]) -> npt.NDArray[np.int64]:
    """Return the quarter of each value (N,), 0 to 3, by the quartiles of all.

    Quartiles are interpolated (type 7 of Hyndman and Fan 1996, the default of R and numpy). A value that equals one
    belongs below it, so equal values are never parted, and quarters differ in size, or are empty, where many are equal.
    """
    known = np.asarray(values, dtype=np.float64)
    if known.size == 0:
        return np.zeros(0, dtype=np.int64)
    return np.asarray(np.searchsorted(np.quantile(known, (0.25, 0.5, 0.75)), known, side="left"), dtype=np.int64)
