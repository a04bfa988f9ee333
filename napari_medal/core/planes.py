"""The three planes that a volume is read in, and which side of the patient lies where on the screen."""

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Literal

Vertical = Literal["up", "down"]
Horizontal = Literal["left", "right"]

_SIDES = (("I", "S"), ("A", "P"), ("R", "L"))
"""For each axis of a canonical array (z, y, x): the side of the patient at its start and at its end."""


class Convention(StrEnum):
    """From where axial and coronal slices are seen."""

    RADIOLOGICAL = "radiological"
    """From the feet and from the front: the patient's left is on the right of the image."""
    NEUROLOGICAL = "neurological"
    """From the head and from the back: the patient's left is on the left of the image."""


class Plane(Enum):
    """A way to cut a canonical array (z, y, x); the value is the axis that it is cut across."""

    AXIAL = 0
    CORONAL = 1
    SAGITTAL = 2

    @property
    def title(self) -> str:
        """The plane's name, for people."""
        return self.name.capitalize()

    @property
    def order(self) -> tuple[int, int, int]:
        """The axis across the slices, then the one that runs up and down, then the one that runs left and right."""
        rows, columns = (axis for axis in range(3) if axis != self.value)
        return self.value, rows, columns

    @property
    def next(self) -> "Plane":
        """The plane after this one; after the last the first."""
        return Plane((self.value + 1) % 3)

    @property
    def others(self) -> "tuple[Plane, Plane]":
        """The two other planes, in the order in which they follow."""
        return self.next, self.next.next

    def directions(self, convention: Convention) -> tuple[Vertical, Horizontal]:
        """Return where the vertical and the horizontal axis grow on the screen.

        Head and face are up. A sagittal slice has the nose on the left in either convention.
        """
        vertical: Vertical = "down" if self is Plane.AXIAL else "up"
        mirrored = convention is Convention.NEUROLOGICAL and self is not Plane.SAGITTAL
        return vertical, "left" if mirrored else "right"


@dataclass(frozen=True)
class Edges:
    """The side of the patient at each edge of a view: one letter of R, L, A, P, S and I."""

    top: str
    right: str
    bottom: str
    left: str


def edges(rows: int, columns: int, vertical: Vertical, horizontal: Horizontal) -> Edges:
    """Return the sides of the patient around a slice.

    Args:
        rows: The axis of the canonical array (z, y, x) that runs up and down.
        columns: The axis that runs left and right.
        vertical: Where the axis `rows` grows.
        horizontal: Where the axis `columns` grows.
    """
    near, far = _SIDES[rows]
    top, bottom = (near, far) if vertical == "down" else (far, near)
    near, far = _SIDES[columns]
    left, right = (near, far) if horizontal == "right" else (far, near)
    return Edges(top, right, bottom, left)


def position_words(world_mm: tuple[float, float, float]) -> str:
    """Say where a point lies: "L 12.3  P 40.1  S 88.0 mm", from (x, y, z) in LPS millimetres."""
    signs = (("R", "L"), ("A", "P"), ("I", "S"))
    # Rounded first: -0.04 is neither right nor left.
    rounded = [round(value, 1) for value in world_mm]
    words = (f"{pair[int(value >= 0)]} {abs(value):.1f}" for pair, value in zip(signs, rounded, strict=True))
    return "  ".join(words) + " mm"
