"""Of each label, the largest part."""

import numpy as np

from napari_medal.types import LabelArray


def largest_parts(mask: LabelArray) -> LabelArray:
    """Return a mask (Z, Y, X) that keeps of each label only its largest 6-connected part; the rest becomes 0.

    Of parts of one size the first along the axes stays. Source: Buda et al. 2019, Comput Biol Med 109:218.
    """
    from scipy import ndimage

    kept = np.zeros_like(mask)
    for value in np.flatnonzero(np.bincount(mask.ravel(), minlength=2)[1:]) + 1:
        parts, count = ndimage.label(mask == value)
        sizes = np.bincount(parts.ravel(), minlength=count + 1)
        sizes[0] = 0
        kept[parts == int(sizes.argmax())] = value
    return kept
