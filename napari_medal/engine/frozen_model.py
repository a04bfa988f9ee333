"""A model version as one network that others' programs can run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as nnf
from torch import nn

from napari_medal.core.plan import Intensities, Plan
from napari_medal.core.recipe import Recipe
from napari_medal.core.target import Target
from napari_medal.engine.ensemble import Weights
from napari_medal.engine.fill import fill_network

_SMALLEST = 1e-7


@dataclass(frozen=True)
class Decision:
    """What is done to the mean of the members' answers.

    Args:
        temperature: What probabilities are tempered with; 1 leaves them (`metrics.temperature`).
        priors: Share of each class that answers are rid of; empty leaves them (`metrics.prior_correction`).
    """

    temperature: float = 1.0
    priors: tuple[float, ...] = ()


class FrozenModel(nn.Module):
    """Every member of a model version, their mean, and what makes it a probability or a value in its unit.

    It takes (B, C, X, Y, Z) images on the network's spacing, in the axes that MONAI calls LPS, and gives probabilities
    (B, K, X, Y, Z) on the same grid; (B, K) of a class, (B, 1) of a value. Channels with a unit, such as CT, come as
    they were stored; any other comes with zero mean and unit deviation, clipped to its 0.5th and 99.5th percentile
    before. Sides must be multiples of `multiples`.

    Args:
        recipe: Builds the network.
        plan: How it was planned.
        channels: Channels of an image.
        outputs: Classes of an answer, background included for a mask; 1 for a value.
        members: Weights of each member.
        decision: What is done to their mean.

    Raises:
        ModelError: The weights are another network's.
    """

    def __init__(
        self,
        recipe: Recipe,
        plan: Plan,
        channels: int,
        outputs: int,
        members: Sequence[Weights],
        decision: Decision,
    ) -> None:
        super().__init__()
        networks = []
        for weights in members:
            network = recipe.build(plan, channels, outputs)
            fill_network(network, weights)
            networks.append(network)
        self.members = nn.ModuleList(networks)
        self.channels = channels
        self.outputs = outputs
        self.draws = recipe.target is Target.MASK
        self.plan = plan
        self._inverse_temperature = 1.0 / decision.temperature
        units = (*plan.intensities, *(None,) * channels)[:channels]
        for name, values in zip(("low", "high", "mean", "deviation"), _pointwise(units), strict=True):
            self.register_buffer(name, torch.tensor(values)[None, :, None, None, None])
        shares = [share if share > 0 else 1.0 for share in decision.priors] or [1.0] * outputs
        self.register_buffer("priors", torch.tensor(shares)[None])
        self.eval().requires_grad_(False)

    @property
    def multiples(self) -> tuple[int, int, int]:
        """What the sides (x, y, z) of an image must be divisible by; any number of slices goes into a 2D network."""
        z, y, x = self.plan.divisor
        return x, y, 1 if self.plan.dimensions == 2 and self.draws else z

    @property
    def patch(self) -> tuple[int, int, int]:
        """The sides (x, y, z) of what it was trained on."""
        z, y, x = self.plan.patch
        return x, y, z

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Answer for (B, C, X, Y, Z) images."""
        low, high, mean, deviation = (
            cast("torch.Tensor", getattr(self, name)) for name in ("low", "high", "mean", "deviation")
        )
        scaled = (torch.minimum(torch.maximum(image, low), high) - mean) / deviation
        turned = scaled.permute(0, 1, 4, 3, 2)
        answer = torch.stack([self._asked(network, turned) for network in self.members]).mean(dim=0)
        scale = self.plan.value_scale
        if scale is None and self._inverse_temperature != 1.0:
            answer = (torch.clamp(answer, min=_SMALLEST).log() * self._inverse_temperature).softmax(dim=1)
        return answer.permute(0, 1, 4, 3, 2) if self.draws else answer

    def _asked(self, network: nn.Module, image: torch.Tensor) -> torch.Tensor:
        """Return one member's probabilities (B, K, Z, Y, X) or (B, K), or values (B, 1)."""
        if self.plan.dimensions == 3:
            answer = network(image)
        elif self.draws:
            answer = _slice_by_slice(network, image)
        else:
            answer = network(image.squeeze(2))
        scale = self.plan.value_scale
        if scale is not None:
            return torch.as_tensor(answer * scale.deviation + scale.mean)
        shares = answer.softmax(dim=1)
        if self.draws:
            return torch.as_tensor(shares)
        divided = shares / cast("torch.Tensor", self.priors)
        return torch.as_tensor(nnf.normalize(divided, p=1.0, dim=1))


def _slice_by_slice(network: nn.Module, image: torch.Tensor) -> torch.Tensor:
    """Ask a 2D network about every slice of (B, C, Z, Y, X)."""
    slices = image.permute(0, 2, 1, 3, 4).flatten(0, 1)
    answer = network(slices)
    return torch.as_tensor(answer.unflatten(0, (image.shape[0], image.shape[2])).permute(0, 2, 1, 3, 4))


def _pointwise(units: Sequence[Intensities | None]) -> tuple[list[float], ...]:
    """Return low, high, mean and deviation of each channel; a channel without a unit is left as it comes."""
    widest = torch.finfo(torch.float32).max
    return (
        [-widest if unit is None else unit.low for unit in units],
        [widest if unit is None else unit.high for unit in units],
        [0.0 if unit is None else unit.mean for unit in units],
        [1.0 if unit is None else unit.deviation for unit in units],
    )
