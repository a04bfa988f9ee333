"""One network's answer to images of any size."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn

from napari_medal.core.plan import Plan
from napari_medal.core.progress import Progress
from napari_medal.engine.device import Device
from napari_medal.engine.layout import lay_out
from napari_medal.engine.padding import padded
from napari_medal.engine.planar import planar
from napari_medal.engine.prepare import restore
from napari_medal.engine.question import Question
from napari_medal.engine.room import make_room
from napari_medal.engine.view import View
from napari_medal.engine.windows import sweep, window_shape

_HELD = 8
"""Activations held at once per voxel and full-resolution channel, while predicting; the U-Net was seen to hold 5."""
_WHOLE_ON_CPU = 128**3
_WINDOW_ON_CPU = 96**3
"""Voxels of one pass on a CPU. Larger ones take longer a voxel: their activations exceed what a thread's heap keeps."""


@dataclass(frozen=True, eq=False)
class Answering:
    """A network, and how it is asked.

    Args:
        network: The network.
        view: How it looks at the images.
        plan: How it is fed.
        outputs: Classes of its answer.
        device: Where to compute.
        memory_bytes: What activations may take.
        progress: Asked before each pass.
    """

    network: nn.Module
    view: View
    plan: Plan
    outputs: int
    device: Device
    memory_bytes: int
    progress: Progress

    def answer(self, questions: Sequence[Question], rooms: Sequence[torch.Tensor]) -> None:
        """Write the class probabilities of each image into its room, whatever the size.

        A mask comes from one pass where memory allows; else, and on a CPU where the image is large, from few windows of
        an even size with Gaussian weights. Images that are alike in shape share a pass.

        Args:
            questions: The images, on the CPU; for a class or a value all of one shape.
            rooms: (C, Z, Y, X) on the case's own grid, or (C,) for a class or a value; on the CPU.
        """
        if rooms[0].ndim == 1:
            answers = self._asked(torch.cat([self.view.of(question.image) for question in questions]))
            for room, answer in zip(rooms, answers, strict=True):
                room.copy_(answer)
        elif len(questions) == 1 or not self._together(questions, rooms):
            for question, room in zip(questions, rooms, strict=True):
                self._one(question, room)

    def _together(self, questions: Sequence[Question], rooms: Sequence[torch.Tensor]) -> bool:
        """Answer all in one pass, and return True; nothing happens where shapes or memory do not allow that."""
        filled = [padded(self.view.of(question.inside), self.plan) for question in questions]
        images = [image for image, _ in filled]
        if len({image.shape for image in images}) > 1 or self._window(images[0], len(images)) != images[0].shape[2:]:
            return False
        answers = self._asked(torch.cat(images)).cpu()
        for question, (_, kept), answer, room in zip(questions, filled, answers, rooms, strict=True):
            _write(question, self.view.undone(answer[(slice(None), *kept)]), room)
        return True

    def _one(self, question: Question, room: torch.Tensor) -> None:
        image = self.view.of(question.inside)
        if image is question.image and image.shape[2:] == room.shape[1:]:
            self._alone(image, room)
            return
        answer = torch.from_numpy(make_room((self.outputs, *image.shape[2:])))
        self._alone(image, answer)
        _write(question, self.view.undone(answer), room)

    def _alone(self, image: torch.Tensor, room: torch.Tensor) -> None:
        """Write the probabilities of one image (1, C, Z, Y, X) into (K, Z, Y, X), on the CPU."""
        filled, kept = padded(image, self.plan)
        window = self._window(filled, 1)
        if window == filled.shape[2:]:
            room.copy_(self._asked(filled)[0][(slice(None), *kept)])
            return
        filled, kept = padded(image, self.plan, window)
        sweep(filled, self.plan, window, lambda part: self._asked(part)[0], room, kept)

    def _window(self, image: torch.Tensor, together: int) -> tuple[int, int, int]:
        """Return how much of an image is asked about in one pass, next to others like it."""
        z, y, x = image.shape[2:]
        bytes_a_voxel = self.plan.widths[0] * _HELD * (2 if self.device.half else 4)
        voxels = self.memory_bytes // (bytes_a_voxel * together)
        if not self.device.memory.accelerated and z * y * x > _WHOLE_ON_CPU:
            voxels = min(voxels, _WINDOW_ON_CPU)
        return window_shape((z, y, x), self.plan, voxels)

    def _asked(self, images: torch.Tensor) -> torch.Tensor:
        """Return the probabilities (B, K, ...) of one pass; for a value (B, 1), in its unit."""
        self.progress.check()
        images = lay_out(images.to(self.device.torch), self.device.channels_last)
        answers = planar(self.network, images, self.plan).float()
        scale = self.plan.value_scale
        return answers.softmax(dim=1) if scale is None else answers * scale.deviation + scale.mean


def _write(question: Question, answer: torch.Tensor, room: torch.Tensor) -> None:
    """Put what was answered for the inside of an image into a room on the case's own grid."""
    shape, wanted = tuple(question.image.shape[2:]), tuple(room.shape[1:])
    answers = answer
    if question.is_cropped:
        answers = room if shape == wanted else torch.from_numpy(make_room((len(room), *shape)))
        answers.zero_()[0] = 1.0
        answers[(slice(None), *question.box)] = answer
    if shape != wanted:
        depth, height, width = room.shape[1:]
        for number, of_class in enumerate(answers):
            room[number] = torch.from_numpy(restore(of_class[None, None], (depth, height, width))[0, 0])
    elif answers is not room:
        room.copy_(answers)
