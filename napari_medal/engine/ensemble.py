"""Networks with their weights, answering for a prepared case."""

from collections.abc import Mapping, Sequence

import torch
from monai.inferers.utils import sliding_window_inference
from torch import nn

from napari_medal.core.plan import Plan
from napari_medal.core.progress import Progress, Silent
from napari_medal.core.recipe import Recipe
from napari_medal.core.target import Target
from napari_medal.engine.device import Device
from napari_medal.engine.fill import fill_network
from napari_medal.engine.prepare import Prepared, restore
from napari_medal.types import Samples

Weights = Mapping[str, torch.Tensor]

_FLOATS_A_VOXEL = 10
"""Float32 activations held at once per voxel and full-resolution channel, while predicting; measured generously."""
_OVERLAP = 0.25


class Ensemble:
    """The members of a model version, ready to predict.

    Args:
        recipe: Builds the network.
        plan: How it was planned.
        channels: Channels of an image.
        outputs: Classes of an answer, background included for a mask.
        members: Weights of each member.
        device: Where to compute.

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
        device: Device,
    ) -> None:
        self.plan = plan
        self.target = recipe.target
        self._device = device
        self._networks = [_loaded(recipe.build(plan, channels, outputs), weights, device) for weights in members]

    def samples(self, prepared: Prepared, progress: Progress | None = None) -> Samples:
        """Return each member's probabilities on the case's own grid: (S, C, Z, Y, X), or (S, C) for a class."""
        watcher = Silent() if progress is None else progress
        self._device.claim_threads()
        image = torch.from_numpy(prepared.image)[None].to(self._device.torch)
        answers = []
        with torch.inference_mode(), self._device.autocast():
            for network in self._networks:
                watcher.check()
                answers.append(predict(network, image, self.plan, self.target, self._device, watcher)[0])
        stacked = torch.stack(answers)
        if self.target is Target.CLASS:
            return stacked.cpu().numpy()
        return restore(stacked, prepared.grid.shape)


def predict(
    network: nn.Module, image: torch.Tensor, plan: Plan, target: Target, device: Device, progress: Progress
) -> torch.Tensor:
    """Return class probabilities in float32 for one image (1, C, Z, Y, X), whatever its size.

    A mask comes from one pass where memory allows, which is several times faster on a CPU than windows, and from
    overlapping windows with Gaussian weights where it does not.
    """
    if target is Target.CLASS:
        return _planar(network, image, plan).float().softmax(dim=1)
    voxels = image[0, 0].numel()
    needed = voxels * plan.widths[0] * _FLOATS_A_VOXEL * 4
    if needed <= device.memory.budget_bytes // 2:
        return _one_pass(network, image, plan).softmax(dim=1)

    def window(patch: torch.Tensor) -> torch.Tensor:
        progress.check()
        return _planar(network, patch, plan).float().softmax(dim=1)

    result = sliding_window_inference(
        image, plan.patch, sw_batch_size=1, predictor=window, overlap=_OVERLAP, mode="gaussian"
    )
    if not isinstance(result, torch.Tensor):
        msg = "The network answered with several tensors; wanted one."
        raise TypeError(msg)
    return result


def _one_pass(network: nn.Module, image: torch.Tensor, plan: Plan) -> torch.Tensor:
    """Return logits in float32 for a whole image, padded to what the network's strides divide."""
    padding: list[int] = []
    for n, divisor in zip(reversed(image.shape[2:]), reversed(plan.divisor), strict=True):
        missing = -n % divisor
        padding += [missing // 2, missing - missing // 2]
    if all(n <= divisor for n, divisor in zip(image.shape[2:], plan.divisor, strict=True)):
        padding[1] += plan.divisor[2]  # instance norm needs more than one voxel at the deepest level
    padded = nn.functional.pad(image, padding, mode="replicate") if any(padding) else image
    logits = _planar(network, padded, plan).float()
    starts = [padding[4], padding[2], padding[0]]
    z, y, x = (slice(start, start + n) for start, n in zip(starts, image.shape[2:], strict=True))
    return logits[:, :, z, y, x]


def _planar(network: nn.Module, image: torch.Tensor, plan: Plan) -> torch.Tensor:
    """Call a 2D network on (B, C, 1, Y, X), or a 3D one on (B, C, Z, Y, X)."""
    if plan.patch[0] > 1:
        return torch.as_tensor(network(image))
    answer = torch.as_tensor(network(image.squeeze(2)))
    return answer.unsqueeze(2) if answer.ndim == 4 else answer


def _loaded(network: nn.Module, weights: Weights, device: Device) -> nn.Module:
    fill_network(network, weights)
    return network.to(device.torch).eval()
