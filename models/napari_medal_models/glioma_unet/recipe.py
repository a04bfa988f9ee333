"""The glioma recipes: FLAIR with its neighbouring slices, and all sequences slice by slice."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from napari_medal.core.loss_name import LossName
from napari_medal.core.particulars import Augmentation, HistogramWindow, Particulars, SliceDraw
from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.target import Target

if TYPE_CHECKING:
    from torch import nn

_LEVELS = 4
"""Down-samplings; "four levels" (Buda et al. 2019)."""
_DIVISOR = 1 << _LEVELS
_SET_OF_THREE = 3
_FLAIR_OF_THREE = (1,)
"""The set's own order: pre-contrast, FLAIR, post-contrast (github.com/mateuszbuda/brain-segmentation-pytorch)."""


@dataclass(frozen=True)
class _Scale:
    """How large a network is made.

    Args:
        width: Channels of the first level, doubled at each level below; the authors' code has 32.
        frame: Pixels of a slice's shorter side, if it has more; the authors' code has 256.
        batch: Slices a step; the authors' code has 32.
        cold_steps: Optimiser steps from random weights. The authors' code takes 128 epochs, without norm.
        learning_rate: Peak of the learning rate; 1e-5 all along in the authors' code, without norm.
    """

    width: int
    frame: int
    batch: int
    cold_steps: int
    learning_rate: float


_ON_CPU = _Scale(width=16, frame=128, batch=8, cold_steps=600, learning_rate=2e-3)
_ON_ACCELERATOR = _Scale(width=32, frame=256, batch=32, cold_steps=2000, learning_rate=1e-3)

_PARTICULARS = Particulars(
    window=HistogramWindow(low_percentile=2.0, bins=128, reach=2.55),  # the authors' code: bins of 2 in 256 grey levels
    augmentation=Augmentation(
        rotations_degrees=((-15.0, -5.0), (5.0, 15.0)),  # thesis L1514
        scales=((0.92, 0.96), (1.04, 1.08)),  # thesis L1514; both ways by the authors' code
        apart=True,  # thesis L1514: the original, one rotated, one scaled
        labelled_only=True,
    ),
    draw=SliceDraw(labelled=3.0),  # thesis L1514: three instances of each tumour slice; blank slices discarded
    loss=LossName.DICE,  # the authors' code: Dice with a smoothing of 1
    context=1,
    keep_largest=True,  # thesis L1518: the largest 6-connected part
)


@dataclass(frozen=True)
class GliomaRecipe:
    """The U-Net of Buda, Saha, Mazurowski 2019 (Comput Biol Med 109:218; Buda 2024, doctoral thesis, L1487-1518).

    What the text leaves out is by the authors' code (github.com/MaciejMazurowski/brain-segmentation). On a CPU the
    network is half as wide and sees slices of 128 pixels.

    Args:
        name: Identifier.
        title: For people.
        neighbours: Whether a slice is seen between its neighbours.
        flair_alone: Whether it looks at FLAIR and at no other sequence.
        target: What it answers.
    """

    name: str
    title: str
    neighbours: bool
    flair_alone: bool
    target: Target = Target.MASK

    def plan(self, fingerprint: Fingerprint, memory: Memory) -> Plan:
        """Choose the frame and the schedule; slices stay as far apart as they are."""
        scale = _ON_ACCELERATOR if memory.accelerated else _ON_CPU
        _, height, width = fingerprint.median_shape
        z_mm, y_mm, x_mm = fingerprint.spacing_mm
        zoom = 1.0 if fingerprint.planar else min(1.0, scale.frame / min(height, width))
        return Plan(
            spacing_mm=None if fingerprint.planar else (z_mm, y_mm / zoom, x_mm / zoom),
            patch=(1 if fingerprint.planar else 3, _side(height * zoom), _side(width * zoom)),
            batch=scale.batch,
            widths=tuple(scale.width << level for level in range(_LEVELS + 1)),
            strides=((1, 2, 2),) * _LEVELS,
            members=3,
            cold_steps=scale.cold_steps,
            warm_steps=scale.cold_steps // 2,
            learning_rate=scale.learning_rate,
            kernels=((1, 3, 3),) * (_LEVELS + 1),
            particulars=self._particulars(fingerprint),
        )

    def build(self, plan: Plan, channels: int, outputs: int) -> "nn.Module":
        """Build the network for a plan."""
        from napari_medal_models.glioma_unet.network import GliomaUNet, SlicesInContext

        seen = 3 * channels if self.neighbours else channels
        return SlicesInContext(GliomaUNet(seen, outputs, plan.widths, plan.dropout), self.neighbours)

    def _particulars(self, fingerprint: Fingerprint) -> Particulars:
        looks_at = _flair(fingerprint) if self.flair_alone else ()
        return replace(_PARTICULARS, looks_at=looks_at, context=0 if fingerprint.planar else _PARTICULARS.context)


FLAIR = GliomaRecipe("glioma-flair", "Glioma U-Net: FLAIR with its neighbouring slices", True, True)
SEQUENCES = GliomaRecipe("glioma-sequences", "Glioma U-Net: all sequences, slice by slice", False, False)


def _flair(fingerprint: Fingerprint) -> tuple[int, ...]:
    """Return the channel that is called FLAIR, or the middle one of three; nothing means all there are."""
    named = tuple(place for place, name in enumerate(fingerprint.names) if "flair" in name.lower())
    if named:
        return named[:1]
    return _FLAIR_OF_THREE if fingerprint.channels == _SET_OF_THREE else ()


def _side(pixels: float) -> int:
    """Round up to what the network divides by, twice that at least."""
    steps = -(-round(pixels) // _DIVISOR)
    return max(2, steps) * _DIVISOR
