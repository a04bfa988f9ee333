"""The protocol of an extension that says in a sentence what it does."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class Explained(Protocol):
    """What a strategy or a measure keeps beside its own protocol, for people who choose among several."""

    @property
    def explained(self) -> str:
        """A sentence in plain words, on one line; where a strategy needs a model, what it does before there is one."""
