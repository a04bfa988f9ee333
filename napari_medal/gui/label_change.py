"""What happened to the label that is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any


class ChangeKind(Enum):
    """How the label was changed."""

    DRAWN = auto()
    UNDONE = auto()
    REDONE = auto()
    REPLACED = auto()
    """Another mask was put in its place."""


@dataclass(frozen=True, eq=False)
class LabelChange:
    """One change of the label; where something was drawn, `steps` are for `stroke_of` and `title` names it."""

    kind: ChangeKind
    steps: Sequence[Any] = ()
    title: str = ""
