"""Which layers of a network learn, and how fast each."""

from dataclasses import dataclass

from torch import nn

from napari_medal.core.learning import Learning


@dataclass(frozen=True, eq=False)
class Layer:
    """A module with weights of its own, and the share of the learning rate that it takes."""

    name: str
    weights: tuple[nn.Parameter, ...]
    rate: float


def layers(network: nn.Module, learning: Learning) -> list[Layer]:
    """Return the modules that have weights, in the order in which the network lists them, which is from the input on.

    The first takes `learning.layer_decay` of the learning rate, the last all of it, those between as the powers between
    (discriminative fine-tuning: Howard and Ruder 2018, arXiv 1801.06146).
    """
    found = [(name, tuple(module.parameters(recurse=False))) for name, module in network.named_modules()]
    owning = [(name, weights) for name, weights in found if weights]
    last = max(1, len(owning) - 1)
    return [
        Layer(name, weights, learning.layer_decay ** ((last - place) / last))
        for place, (name, weights) in enumerate(owning)
    ]


def freeze(network: nn.Module, learning: Learning) -> None:
    """Let the first `learning.frozen` of the layers keep their weights, and all others learn."""
    held = layers(network, learning)
    still = round(learning.frozen * len(held))
    for place, layer in enumerate(held):
        for parameter in layer.weights:
            parameter.requires_grad_(place >= still)


def keep_last(network: nn.Module, learning: Learning) -> None:
    """Let the last layer learn alone."""
    for layer in layers(network, learning):
        for parameter in layer.weights:
            parameter.requires_grad_(False)
    for parameter in layers(network, learning)[-1].weights:
        parameter.requires_grad_(True)
