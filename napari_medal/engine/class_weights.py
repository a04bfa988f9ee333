"""How much a class counts where it is rare."""

from collections.abc import Sequence

import numpy as np
import torch

from napari_medal.engine.examples import Example
from napari_medal.engine.mask_loss import IGNORED


def class_weights(examples: Sequence[Example], outputs: int) -> torch.Tensor:
    """Return a weight for each class, (outputs,): the inverse of its share, so that the mean over what is drawn is 1.

    What is counted are cases, or the known voxels of masks, background first. A class that does not occur weighs 1.
    """
    counts = np.zeros(outputs, dtype=np.int64)
    for example in examples:
        if example.class_index is not None:
            counts[example.class_index] += 1
        elif example.mask is not None:
            for plane in example.mask:
                counts += np.bincount(plane.reshape(-1), minlength=IGNORED + 1)[:outputs]
    occurring = max(1, np.count_nonzero(counts))
    weights = np.where(counts > 0, counts.sum() / (occurring * np.maximum(counts, 1)), 1.0)
    return torch.from_numpy(weights.astype(np.float32))
