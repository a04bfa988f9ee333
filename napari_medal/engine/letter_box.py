"""Scale a whole image into a box, as a transform of MONAI; this file goes into bundles as it is, and runs alone."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as nnf
from monai.data.meta_tensor import MetaTensor
from monai.transforms.transform import MapTransform


class LetterBoxd(MapTransform):
    """Scales an image (C, X, Y, Z) into a box, keeping its proportions in millimetres, and pads with its lowest value.

    Args:
        keys: Of the images.
        box: Sides (x, y, z) of the box.
        finest_mm: Spacing beyond which no image is enlarged; None for no such limit.
    """

    def __init__(self, keys: Hashable | Sequence[Hashable], box: Sequence[int], finest_mm: float | None = None) -> None:
        super().__init__(keys)
        self.box = tuple(box)
        self.finest_mm = finest_mm

    def __call__(self, data: Mapping[Hashable, Any]) -> dict[Hashable, Any]:
        """Scale every image that is named."""
        found = dict(data)
        for key in self.keys:
            image = found[key]
            spacing = [float(mm) for mm in image.pixdim]
            boxed = self._boxed(image.as_tensor().to(torch.float32), spacing)
            found[key] = MetaTensor(boxed, meta=image.meta)
        return found

    def _boxed(self, image: torch.Tensor, spacing: Sequence[float]) -> torch.Tensor:
        extents = [n * mm for n, mm in zip(image.shape[1:], spacing, strict=True)]
        axes = [axis for axis in range(3) if self.box[axis] > 1]
        scale = min(self.box[axis] / extents[axis] for axis in axes)
        if self.finest_mm is not None:
            scale = min(scale, 1.0 / self.finest_mm)
        shape = [
            max(1, min(self.box[axis], round(extents[axis] * scale))) if axis in axes else self.box[axis]
            for axis in range(3)
        ]
        if list(image.shape[1:]) != shape:
            image = nnf.interpolate(image[None], size=shape, mode="trilinear", align_corners=False)[0]
        boxed = torch.full((len(image), *self.box), float(image.min()))
        before = [(wanted - n) // 2 for wanted, n in zip(self.box, shape, strict=True)]
        places = tuple(slice(at, at + n) for at, n in zip(before, shape, strict=True))
        boxed[(slice(None), *places)] = image
        return boxed
