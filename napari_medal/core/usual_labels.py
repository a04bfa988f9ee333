"""The protocol of a task that has labels of its own."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class UsualLabels(Protocol):
    """What a task keeps beside `Task` when a new project need not name its labels."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels as a person would type them: "1=tumour", or just a name."""
