"""What a task asks for."""

from enum import StrEnum


class Target(StrEnum):
    """The form of an answer: a mask over the volume, or one class for the case."""

    MASK = "mask"
    CLASS = "class"
