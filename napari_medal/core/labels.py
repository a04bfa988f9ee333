"""What the labels of a task mean."""

from dataclasses import dataclass

import numpy as np

from napari_medal.core.quantity import Quantity
from napari_medal.errors import GeometryError, SettingsError
from napari_medal.types import ImageArray, LabelArray

PALETTE = ("#e6550d", "#3182bd", "#31a354", "#fdae6b", "#756bb1", "#e7298a", "#66c2a5", "#ffd92f")
"""Default colours, told apart by people with colour-blindness as far as eight colours can be."""


@dataclass(frozen=True)
class LabelClass:
    """One label: the value stored in files, the name people read, the colour they see ("#rrggbb")."""

    value: int
    name: str
    color: str


@dataclass(frozen=True)
class LabelScheme:
    """The labels of one task, in order; or, where an answer is a number, what is measured, and no label.

    In a mask, value 0 is background and not part of the scheme. A class per case may use any values.

    Raises:
        SettingsError: A value or a name occurs twice, or there are neither labels nor a quantity, or both.
    """

    classes: tuple[LabelClass, ...]
    quantity: Quantity | None = None

    def __post_init__(self) -> None:
        if bool(self.classes) is (self.quantity is not None):
            what = "both" if self.classes else "neither"
            msg = f"A task needs at least one label, or a quantity to measure; found {what}."
            raise SettingsError(msg)
        for field, found in (("value", self.values), ("name", self.names)):
            if len(set(found)) < len(found):
                msg = f"Each label {field} may occur once; found {list(found)}."
                raise SettingsError(msg)

    @property
    def values(self) -> tuple[int, ...]:
        """Stored values, in order."""
        return tuple(label.value for label in self.classes)

    @property
    def names(self) -> tuple[str, ...]:
        """Names, in order."""
        return tuple(label.name for label in self.classes)

    @property
    def titles(self) -> tuple[str, ...]:
        """What people are told that the answers are: the names, or the quantity with its unit and range."""
        return self.names if self.quantity is None else (str(self.quantity),)

    @property
    def measured(self) -> Quantity:
        """The quantity.

        Raises:
            SettingsError: The task asks for a label.
        """
        if self.quantity is None:
            msg = f"Found the labels {', '.join(self.names)}; wanted a quantity to measure."
            raise SettingsError(msg)
        return self.quantity

    def __len__(self) -> int:
        return len(self.classes)

    def by_name(self, name: str) -> LabelClass:
        """Return the label called `name`.

        Raises:
            SettingsError: There is none.
        """
        for label in self.classes:
            if label.name == name:
                return label
        msg = f"Found the label '{name}'; this task has {', '.join(self.names)}."
        raise SettingsError(msg)

    def by_value(self, value: int) -> LabelClass:
        """Return the label stored as `value`.

        Raises:
            SettingsError: There is none.
        """
        for label in self.classes:
            if label.value == value:
                return label
        msg = f"Found the label value {value}; this task has {list(self.values)}."
        raise SettingsError(msg)

    def to_indices(self, mask: LabelArray) -> LabelArray:
        """Turn stored values into 0 (background), 1, 2, ... in scheme order; the array keeps its axes."""
        table = np.zeros(256, dtype=np.uint8)
        table[list(self.values)] = np.arange(1, len(self) + 1, dtype=np.uint8)
        return table[mask]

    def to_values(self, indices: LabelArray) -> LabelArray:
        """Turn 0, 1, 2, ... back into stored values; the array keeps its axes."""
        return np.array((0, *self.values), dtype=np.uint8)[indices]

    def validate_mask(self, array: ImageArray, name: str) -> LabelArray:
        """Return `array` as a label array.

        Raises:
            GeometryError: It holds values that are no whole numbers or no labels of this scheme; the message
                names `name` and the values found.
        """
        with np.errstate(invalid="ignore"):  # NaN becomes some byte, and then differs from it
            values = array.astype(np.uint8)
        allowed = (0, *self.values)
        strange = [value for value in _values_in(array, values) if value not in allowed]
        if strange:
            shown = ", ".join(f"{value:g}" for value in strange[:5]) + (", ..." if len(strange) > 5 else "")
            msg = f"{name}: found the label values {shown}; wanted only {list(allowed)}."
            raise GeometryError(msg)
        return values

    def occurring(self, mask: LabelArray) -> tuple[int, ...]:
        """Return the labels that occur in a (Z, Y, X) mask, ascending; background is none."""
        return tuple(int(value) for value in _values_in(mask, mask) if value)


def _values_in(array: ImageArray, as_bytes: LabelArray) -> list[float]:
    """Return the values that occur, slice by slice: sorting a large volume whole would take seconds."""
    occurs = np.zeros(256, dtype=np.bool_)
    others: set[float] = set()
    for part, part_as_bytes in zip(array, as_bytes, strict=True):
        is_byte = part == part_as_bytes
        occurs[part_as_bytes[is_byte]] = True
        if not is_byte.all():
            others.update(np.unique(part[~is_byte]).tolist())
    return sorted({*np.flatnonzero(occurs).tolist(), *others})
