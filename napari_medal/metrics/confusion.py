"""Which class was taken for which."""

import numpy as np
import numpy.typing as npt


def confusion(truth: npt.NDArray[np.integer], said: npt.NDArray[np.integer], classes: int) -> npt.NDArray[np.intp]:
    """Return (C, C) counts: cases of class i (row) that were called class j (column).

    Args:
        truth: (N,) class indices.
        said: (N,) class indices.
        classes: C.
    """
    pairs = np.asarray(truth, dtype=np.intp) * classes + np.asarray(said, dtype=np.intp)
    return np.asarray(np.bincount(pairs, minlength=classes * classes).reshape(classes, classes), dtype=np.intp)
