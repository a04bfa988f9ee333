"""An image as it is put to a network."""

from dataclasses import dataclass

import torch

from napari_medal.engine.windows import content

_WORTH_CROPPING = 0.75
"""Share of the voxels that a crop may keep; a smaller gain is not worth other surroundings."""


@dataclass(frozen=True, eq=False)
class Question:
    """An image (1, C, Z, Y, X), and the part of it that a mask can lie in.

    Args:
        image: The whole image.
        box: Where `inside` lies in it.
        inside: What is left when the lowest value all around is cut off; the rest is background.
    """

    image: torch.Tensor
    box: tuple[slice, slice, slice]
    inside: torch.Tensor

    @classmethod
    def whole(cls, image: torch.Tensor) -> "Question":
        """Leave an image as it is."""
        return cls(image, (slice(None), slice(None), slice(None)), image)

    @classmethod
    def about(cls, image: torch.Tensor) -> "Question":
        """Cut off what surrounds an image, where that is worth it."""
        box = content(image)
        inside = image[(slice(None), slice(None), *box)]
        if inside.numel() > _WORTH_CROPPING * image.numel():
            return cls.whole(image)
        return cls(image, box, inside)

    @property
    def is_cropped(self) -> bool:
        """Whether something was cut off."""
        return self.inside is not self.image
