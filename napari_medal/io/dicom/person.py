"""The patient that a DICOM object is about."""

import re
from dataclasses import dataclass, field
from typing import Self

_SHORTEST = 3
"""A shorter word occurs in too many other words."""


@dataclass(frozen=True)
class Person:
    """Who an object is about; none of it may be shown or kept, and not even `repr` shows it.

    Args:
        identifier: What tells patients apart; "" where nothing does.
        words: Parts of the name, the identifier and the birth date, in lower case.
    """

    identifier: str = field(repr=False)
    words: frozenset[str] = field(repr=False)

    @classmethod
    def of(cls, name: str, identifier: str, issuer: str, birth_date: str) -> Self:
        """Take the elements of a header; without an identifier, name and birth date tell patients apart."""
        spoken = re.split(r"[\^=,\s]+", name)
        words = frozenset(word.casefold() for word in (*spoken, identifier, birth_date) if len(word) >= _SHORTEST)
        if identifier:
            return cls(f"{identifier}\0{issuer}", words)
        return cls(f"{name}\0{birth_date}" if name.strip("^ ") else "", words)
