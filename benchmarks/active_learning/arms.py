"""The arms: ways to choose what is labelled next."""

from dataclasses import dataclass

from napari_medal.core.asking import PLAINLY, Asking
from napari_medal.core.learning import AS_USUAL, Learning
from napari_medal.loop.simulated_reader import ReaderKind

OWN = "the task's own"


@dataclass(frozen=True)
class Arm:
    """A strategy with the doubt that it goes by.

    Args:
        name: Of the arm.
        strategy: An installed strategy, or one of `yardsticks`.
        measure: An installed measure; `OWN` is the task's default.
        asking: How models are asked.
        learning: How they learn.
        audits: Whether every fifth case is drawn at random.
        slabs: Whether slabs of slices are labelled instead of cases.
        kind: How exact the reader is.
        draw: Added to the seed of the choice alone, so that everything else stays as in the other arms.
    """

    name: str
    strategy: str
    measure: str = OWN
    asking: Asking = PLAINLY
    learning: Learning = AS_USUAL
    audits: bool = False
    slabs: bool = False
    kind: ReaderKind = ReaderKind.TOLERANT
    draw: int = 0


_DROPPING = Learning(members=1, dropout=0.2)
_PSEUDO = Learning(pseudo_labels=8)
_FIVE_PASSES = Asking(dropout_passes=5)
_WITNESS = Asking(previous=True)

ARMS = {
    arm.name: arm
    for arm in (
        Arm("random", "random"),
        Arm("random again", "random", draw=1000),
        Arm("foreground-random-33", "foreground-random-33"),
        Arm("foreground-random-66", "foreground-random-66"),
        Arm("default", "staged", audits=True),
        Arm("default, pseudo-labels", "staged", audits=True, learning=_PSEUDO),
        Arm("random, pseudo-labels", "random", learning=_PSEUDO),
        Arm("staged", "staged"),
        Arm("staged, previous version asked", "staged", asking=_WITNESS),
        Arm("staged, scores permuted", "permuted"),
        Arm("like MONAI Label", "uncertainty", "mean-entropy", _FIVE_PASSES, _DROPPING),
        Arm("entropy, greedy", "uncertainty", "entropy"),
        Arm("BALD, greedy", "uncertainty", "mutual-information"),
        Arm("pairwise Dice, greedy", "uncertainty"),
        Arm("pairwise Dice, power", "power"),
        Arm("pairwise Dice, softrank", "softrank"),
        Arm("ClaSP PE", "class-stratified", "class-entropy"),
        Arm("typicality", "typicality"),
        Arm("k-center", "k-center"),
        Arm("stochastic batches", "stochastic-batches"),
        Arm("cost-aware", "cost-aware"),
        Arm("cheapest first", "cheapest"),
        Arm("oracle: worst first", "worst"),
        Arm("oracle: most error a minute", "worst-a-minute"),
        Arm("random slabs", "random", slabs=True),
        Arm("ClaSP PE slabs", "random", "entropy", slabs=True),
    )
}
