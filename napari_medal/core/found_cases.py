"""The cases of a folder, with what is left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from napari_medal.core.found_case import FoundCase


@dataclass(frozen=True)
class FoundCases(Sequence[FoundCase]):
    """What a reader of folders returns that has something to tell beside its cases.

    Args:
        cases: Sorted by name.
        remarks: Sentences on what belongs to no case, such as a label without an image; they name no patient.
    """

    cases: tuple[FoundCase, ...]
    remarks: tuple[str, ...] = ()

    @overload
    def __getitem__(self, place: int) -> FoundCase: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[FoundCase, ...]: ...
    def __getitem__(self, place: int | slice) -> FoundCase | tuple[FoundCase, ...]:
        return self.cases[place]

    def __iter__(self) -> Iterator[FoundCase]:
        return iter(self.cases)

    def __len__(self) -> int:
        return len(self.cases)
