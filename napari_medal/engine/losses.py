"""The loss that a training uses."""

from collections.abc import Sequence

import torch

from napari_medal.core.learning import Learning
from napari_medal.core.loss_name import LossName
from napari_medal.core.target import Target
from napari_medal.engine.class_loss import class_loss
from napari_medal.engine.class_weights import class_weights
from napari_medal.engine.examples import Example
from napari_medal.engine.mask_loss import mask_loss
from napari_medal.engine.supervision import Loss
from napari_medal.engine.value_loss import value_loss


def loss_for(target: Target, learning: Learning, usual: LossName, examples: Sequence[Example], outputs: int) -> Loss:
    """Return the loss that a task has chosen, or its recipe's usual one, with the weights of the classes if it has any.

    Raises:
        SettingsError: The loss is not one for this kind of answer.
    """
    name = usual if learning.loss is LossName.AUTO else learning.loss
    if target is Target.VALUE:
        return value_loss(name)
    weights: torch.Tensor | None = None
    if name is LossName.WEIGHTED_CE or (target is Target.CLASS and learning.balance.cost_weights):
        weights = class_weights(examples, outputs)
    if target is Target.CLASS:
        return class_loss(name, weights)
    return mask_loss(name, weights)
