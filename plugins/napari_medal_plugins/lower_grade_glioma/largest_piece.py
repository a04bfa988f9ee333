"""The tumour without what lies apart."""

import numpy as np
import numpy.typing as npt


def largest_piece(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return the largest piece of a mask (Z, Y, X) whose voxels share faces, the first of several; empty if it is."""
    from scipy.ndimage import label

    pieces, count = label(mask)
    if count < 2:
        return mask
    return np.asarray(pieces == np.bincount(pieces.ravel())[1:].argmax() + 1, dtype=np.bool_)
