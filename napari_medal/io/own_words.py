"""What our exporters say of their own sets, under `napari_medal` in dataset.json."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from napari_medal.core.mask_meaning import PREDICTED
from napari_medal.errors import FormatError

PREDICTED_ENDING = "_predicted"
"""What is put behind the name of a case that only a model has answered."""
_HIGHEST = 255


@dataclass(frozen=True)
class OwnWords:
    """What a set says of itself; nothing for sets of others.

    Args:
        label_values: The value in the project of each label.
        predicted: Cases, as they are called in the set, that only a model has answered.
        undrawn: Cases that are in no split; None where it is not said.
    """

    label_values: Mapping[str, int] = field(default_factory=dict)
    predicted: frozenset[str] = frozenset()
    undrawn: frozenset[str] | None = None

    @classmethod
    def of(cls, table: Mapping[str, Any], path: Path) -> Self:
        """Read them from a dataset.json.

        Raises:
            FormatError: They are not as we write them.
        """
        own = table.get("napari_medal")
        if own is None:
            return cls()
        values = own.get("label_values", {}) if isinstance(own, dict) else None
        if not isinstance(values, dict) or not all(type(n) is int and 0 < n <= _HIGHEST for n in values.values()):
            msg = (
                f'{path}: found {own!r} under "napari_medal"; wanted a table with "label_values" from 1 to {_HIGHEST}.'
            )
            raise FormatError(msg)
        undrawn = _names(own, "undrawn", path) if "undrawn" in own else None
        return cls({str(name): value for name, value in values.items()}, _names(own, "predicted", path), undrawn)

    def case_of(self, name: str) -> str:
        """Return the project's name of a case."""
        return name.removesuffix(PREDICTED_ENDING) if name in self.predicted else name

    def draft_of(self, name: str) -> str:
        """Return why the mask of a case is a draft; "" where a reader stands behind it."""
        return PREDICTED if name in self.predicted else ""


def _names(own: Mapping[str, Any], key: str, path: Path) -> frozenset[str]:
    names = own.get(key, [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        msg = f'{path}: found {names!r} under "{key}"; wanted a list of cases.'
        raise FormatError(msg)
    return frozenset(names)
