"""How a label came to be."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from napari_medal.core.annotation import Annotation
from napari_medal.core.dataset import DatasetCase


class Making(StrEnum):
    """By hand, by hand on what a model said, or by a model alone; as DICOM says it."""

    MANUAL = "MANUAL"
    SEMIAUTOMATIC = "SEMIAUTOMATIC"
    AUTOMATIC = "AUTOMATIC"


@dataclass(frozen=True)
class LabelMaking:
    """How one answer came to be.

    Args:
        making: Who had a hand in it.
        reader: The person; "" for a model alone.
        model: The model version, such as "v3"; "" without one.
    """

    making: Making
    reader: str
    model: str

    @classmethod
    def of(cls, case: DatasetCase, annotation: Annotation) -> Self:
        """Tell it from an answer of a case."""
        if annotation.task not in case.annotations:
            return cls(Making.AUTOMATIC, "", annotation.reader.removeprefix("model").strip() or "unknown")
        if annotation.started_from is not None:
            return cls(Making.SEMIAUTOMATIC, annotation.reader, f"v{annotation.started_from}")
        return cls(Making.MANUAL, annotation.reader, "")
