"""How a model is asked: what a person may choose, with defaults that need no choosing."""

from dataclasses import dataclass
from enum import StrEnum

from napari_medal.errors import SettingsError


def _require(name: str, found: object, holds: bool, wanted: str) -> None:
    if not holds:
        msg = f"asking.{name}: found {found}; wanted {wanted}."
        raise SettingsError(msg)


class Mirror(StrEnum):
    """What looks alike on both sides. Pictures have LEFT_RIGHT, and FRONT_BACK for above and below."""

    LEFT_RIGHT = "left-right"
    FRONT_BACK = "front-back"
    HEAD_FEET = "head-feet"

    @property
    def axis(self) -> int:
        """The axis of an array (Z, Y, X) that is turned round."""
        return {Mirror.LEFT_RIGHT: 2, Mirror.FRONT_BACK: 1, Mirror.HEAD_FEET: 0}[self]


@dataclass(frozen=True)
class Asking:
    """The choices of one task. Each member answers once for each view of the image and each pass.

    Args:
        dropout_passes: Times that each view is asked about with dropout left on, for networks that were trained with it
            (Gal and Ghahramani 2016, arXiv 1506.02142); 0 asks once, without dropout.
        augmented: Views with other contrast, brightness and gamma, moved by a few voxels, besides the image itself.
        mirror: What may be mirrored, because nothing in the labels or in the image depends on the side.
        seed: Of the views and of dropout.
        previous: Whether the version that a model was trained on from is asked too. It counts for how uncertain the
            answer is, not for the answer.
    """

    dropout_passes: int = 0
    augmented: int = 0
    mirror: tuple[Mirror, ...] = ()
    seed: int = 0
    previous: bool = False

    def __post_init__(self) -> None:
        _require("dropout_passes", self.dropout_passes, 0 <= self.dropout_passes <= 100, "0 to 100")
        _require("augmented", self.augmented, 0 <= self.augmented <= 100, "0 to 100")
        _require("seed", self.seed, self.seed >= 0, "0 or more")
        twice = len(set(self.mirror)) < len(self.mirror)
        _require("mirror", ", ".join(self.mirror), not twice, "each side once")


PLAINLY = Asking()
"""What needs no choosing."""
