"""What a task asks for, and what answers that are there already are."""

from enum import StrEnum


class Target(StrEnum):
    """The form of an answer: a mask over the volume, one class for the case, or one number for the case."""

    MASK = "mask"
    CLASS = "class"
    VALUE = "value"


class LabelsAs(StrEnum):
    """What labels that come with images are: accepted, or drafts to start from, which nothing learns from."""

    ANNOTATIONS = "annotations"
    DRAFTS = "drafts"
