"""The protocol of a task whose source states what its figures have to do with."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class StatedPairs(Protocol):
    """What a task that measures keeps beside `MeasuringTask` when it has hypotheses."""

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """A feature's name and a column's of a table of subjects, for each hypothesis."""
