"""The loss of a number for the whole case."""

import torch.nn.functional as nnf

from napari_medal.core.loss_name import LossName
from napari_medal.engine.supervision import Loss
from napari_medal.errors import SettingsError


def value_loss(name: LossName = LossName.AUTO) -> Loss:
    """Return Huber's loss (1964, Ann Math Stat 35:73), which compares numbers (B, 1) with numbers (B, 1).

    Raises:
        SettingsError: Another one is wanted.
    """
    if name not in (LossName.AUTO, LossName.HUBER):
        msg = f"learning.loss: found '{name}'; a value takes auto, huber."
        raise SettingsError(msg)
    return nnf.huber_loss
