"""Put the labelled cases of a training where batches can be drawn from them."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_medal.core.grid import Grid
from napari_medal.engine.cache import PreparedCache
from napari_medal.engine.foreground import Foreground
from napari_medal.engine.prepare import Prepared
from napari_medal.engine.scratch import Scratch
from napari_medal.types import LabelArray


class Shelf:
    """Keeps images and masks in memory where all of them fit, and each that is too large for that in a file.

    Images in files are rounded to half precision, 0.05 % of a value. A key has to say all that an array was made from.

    Args:
        cache: Where images in memory are kept.
        scratch: Where files are.
        cases: How many cases share the budget.
        budget_bytes: Memory that all cases may take.
    """

    def __init__(self, cache: PreparedCache, scratch: Scratch, cases: int, budget_bytes: int) -> None:
        self._cache = cache
        self._scratch = scratch
        self._share = budget_bytes // max(1, cases)

    def image(self, key: str, make: Callable[[], Prepared]) -> Prepared:
        """Return the image of a case, making it where it is neither in memory nor in a file.

        Raises:
            ModelError: There is no room for it.
        """
        found = self._scratch.find(key)
        if found is not None:
            return _prepared(found)
        prepared = self._cache.get(key, make, most_bytes=self._share)
        if prepared.bytes <= self._share:
            return prepared
        arrays = {
            "image": prepared.image.astype(np.float16),
            "shape": np.array(prepared.grid.shape),
            "affine": prepared.grid.affine,
            "spacing_mm": np.array(prepared.spacing_mm),
        }
        return _prepared(self._scratch.keep(key, arrays))

    def mask(self, key: str, make: Callable[[], LabelArray]) -> tuple[LabelArray, Foreground]:
        """Return the mask of a case, (Z, Y, X) class indices, and where it has labels, likewise.

        Raises:
            ModelError: There is no room for it.
        """
        found = self._scratch.find(key)
        if found is not None:
            return _labelled(found)
        mask = make()
        foreground = Foreground.of(mask)
        if 4 * mask.nbytes <= self._share:  # its image is four times as large, and goes the same way
            return mask, foreground
        voxels = {f"voxels_{number}": voxels for number, voxels in enumerate(foreground.voxels)}
        known = {} if foreground.known is None else {"known": foreground.known}
        return _labelled(self._scratch.keep(key, {"mask": mask, **voxels, **known}))


def _prepared(found: Mapping[str, npt.NDArray[Any]]) -> Prepared:
    z, y, x = (int(side) for side in found["shape"])
    depth, height, width = (float(mm) for mm in found["spacing_mm"])
    return Prepared(found["image"], Grid((z, y, x), np.array(found["affine"])), (depth, height, width))


def _labelled(found: Mapping[str, npt.NDArray[Any]]) -> tuple[LabelArray, Foreground]:
    count = sum(name.startswith("voxels_") for name in found)
    voxels = tuple(np.array(found[f"voxels_{number}"]) for number in range(count))
    known = np.array(found["known"]) if "known" in found else None
    return found["mask"], Foreground(voxels, known)
