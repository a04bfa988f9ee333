"""Networks with their weights, answering for a prepared case."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from napari_medal.core.plan import Plan
from napari_medal.core.progress import Progress, Silent
from napari_medal.core.recipe import Recipe
from napari_medal.core.target import Target
from napari_medal.engine.device import Device
from napari_medal.engine.fill import fill_network
from napari_medal.engine.layout import lay_out
from napari_medal.engine.prepare import Prepared, restore
from napari_medal.engine.room import make_room
from napari_medal.engine.shortage import is_out_of_memory, on_cpu, release
from napari_medal.engine.windows import content, sweep, window_shape
from napari_medal.metrics.prior_correction import without_priors
from napari_medal.types import Samples

Weights = Mapping[str, torch.Tensor]

_HELD = 8
"""Activations held at once per voxel and full-resolution channel, while predicting; the U-Net was seen to hold 5."""
_WHOLE_ON_CPU = 128**3
_WINDOW_ON_CPU = 96**3
"""Voxels of one pass on a CPU. Larger ones take longer a voxel: their activations no longer come from memory that the
process holds already."""
_WORTH_CROPPING = 0.75
"""Share of the voxels that a crop may keep; a smaller gain is not worth other surroundings."""


class Ensemble:
    """The members of a model version, ready to predict.

    Args:
        recipe: Builds the network.
        plan: How it was planned.
        channels: Channels of an image.
        outputs: Classes of an answer, background included for a mask; 1 for a value.
        members: Weights of each member.
        device: Where to compute.
        priors: (C,) share of each class among the cases that were learnt from, for answers to be rid of; None leaves
            them as they are.

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
        priors: npt.NDArray[np.floating] | None = None,
    ) -> None:
        self.plan = plan
        self.target = recipe.target
        self._device = device
        self._outputs = outputs
        self._priors = priors
        self._networks = [_loaded(recipe.build(plan, channels, outputs), weights, device) for weights in members]

    def samples(self, prepared: Prepared, progress: Progress | None = None) -> Samples:
        """Return each member's probabilities on the case's own grid: (S, C, Z, Y, X), or (S, C) for a class.

        For a value it is (S, 1), in its unit.

        What does not fit into half of the free memory lies in a temporary file that goes with the array.
        """
        watcher = Silent() if progress is None else progress
        self._device.claim_threads()
        image = torch.from_numpy(prepared.image)[None]
        shape = prepared.grid.shape if self.target is Target.MASK else ()
        samples = make_room((len(self._networks), self._outputs, *shape))
        with torch.inference_mode():
            for member in range(len(self._networks)):
                watcher.check()
                self._answer(member, image, torch.from_numpy(samples[member]), watcher)
        return samples if self._priors is None else without_priors(samples, self._priors)

    def _answer(self, member: int, image: torch.Tensor, room: torch.Tensor, progress: Progress) -> None:
        """Let a member answer: with as much memory as there may be, else with little, else on the CPU."""
        tight = False
        while True:
            memory = 0 if tight else self._device.memory.budget_bytes // 2
            try:
                with self._device.autocast():
                    predict(self._networks[member], image, self.plan, self._device, room, memory, progress)
                return
            except RuntimeError as error:
                if not is_out_of_memory(error) or (tight and not self._device.memory.accelerated):
                    raise
            release(self._device)
            if tight:
                self._device = on_cpu(self._device)
                self._networks = [network.to(self._device.torch) for network in self._networks]
            tight = not tight


def predict(
    network: nn.Module,
    image: torch.Tensor,
    plan: Plan,
    device: Device,
    room: torch.Tensor,
    memory_bytes: int,
    progress: Progress,
) -> None:
    """Write the class probabilities of one image (1, C, Z, Y, X) into `room`, whatever its size.

    A mask comes from one pass where memory allows; else, and on a CPU where the image is large, from few windows of an
    even size with Gaussian weights. What has the image's lowest value all around is cut off first and is background.

    Args:
        network: The network.
        image: The image, on the CPU.
        plan: How the network is fed.
        device: Where to compute.
        room: (C, Z, Y, X) on the case's own grid, or (C,) for a class or a value; on the CPU.
        memory_bytes: What activations may take.
        progress: Asked before each window.
    """
    if room.ndim == 1:
        answer = _planar(network, lay_out(image.to(device.torch), device.channels_last), plan)[0].float()
        scale = plan.value_scale
        room.copy_(answer.softmax(0) if scale is None else answer * scale.deviation + scale.mean)
        return
    own = tuple(image.shape[2:]) == tuple(room.shape[1:])
    answers = room if own else torch.from_numpy(make_room((len(room), *image.shape[2:])))
    box = content(image)
    inside = image[(slice(None), slice(None), *box)]
    if inside.numel() > _WORTH_CROPPING * image.numel():
        box, inside = (slice(None),) * 3, image
    else:
        answers.zero_()[0] = 1.0
    padded, kept = _padded(inside, plan)

    def ask(part: torch.Tensor) -> torch.Tensor:
        progress.check()
        part = lay_out(part.to(device.torch), device.channels_last)
        return _planar(network, part, plan)[0].float().softmax(dim=0)

    z, y, x = padded.shape[2:]
    voxels = memory_bytes // (plan.widths[0] * _HELD * (2 if device.half else 4))
    if not device.memory.accelerated and z * y * x > _WHOLE_ON_CPU:
        voxels = min(voxels, _WINDOW_ON_CPU)
    window = window_shape((z, y, x), plan, voxels)
    if window == (z, y, x):
        answers[(slice(None), *box)] = ask(padded)[(slice(None), *kept)].cpu()
    else:
        padded, kept = _padded(inside, plan, window)
        swept = torch.from_numpy(make_room((len(room), *padded.shape[2:])))
        sweep(padded, plan, window, ask, swept)
        answers[(slice(None), *box)] = swept[(slice(None), *kept)]
    if not own:
        depth, height, width = room.shape[1:]
        for number, answer in enumerate(answers):
            room[number] = torch.from_numpy(restore(answer[None, None], (depth, height, width))[0, 0])


def _padded(
    image: torch.Tensor, plan: Plan, least: tuple[int, int, int] = (1, 1, 1)
) -> tuple[torch.Tensor, tuple[slice, slice, slice]]:
    """Widen an image to what the network's strides divide, or to `least`; also return where it lies in that."""
    padding: list[int] = []
    for n, divisor, side in zip(reversed(image.shape[2:]), reversed(plan.divisor), reversed(least), strict=True):
        missing = max(-n % divisor, side - n)
        padding += [missing // 2, missing - missing // 2]
    if all(n <= divisor for n, divisor in zip(image.shape[2:], plan.divisor, strict=True)):
        padding[1] += plan.divisor[2]  # instance norm needs more than one voxel at the deepest level
    padded = nn.functional.pad(image, padding, mode="replicate") if any(padding) else image
    z, y, x = (slice(at, at + n) for at, n in zip((padding[4], padding[2], padding[0]), image.shape[2:], strict=True))
    return padded, (z, y, x)


def _planar(network: nn.Module, image: torch.Tensor, plan: Plan) -> torch.Tensor:
    """Call a 2D network on (B, C, 1, Y, X), or a 3D one on (B, C, Z, Y, X)."""
    if plan.patch[0] > 1:
        return torch.as_tensor(network(image))
    answer = torch.as_tensor(network(image.squeeze(2)))
    return answer.unsqueeze(2) if answer.ndim == 4 else answer


def _loaded(network: nn.Module, weights: Weights, device: Device) -> nn.Module:
    fill_network(network, weights)
    return lay_out(network.to(device.torch), device.channels_last).eval()
