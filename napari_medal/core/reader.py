"""The protocol of a reader of image files."""

from pathlib import Path
from typing import Protocol, runtime_checkable

from napari_medal.core.volume import Volume


@runtime_checkable
class Reader(Protocol):
    """Turns a file into volumes in the canonical frame.

    Register an instance under the entry-point group "napari_medal.readers"; `napari_medal.testing.check_reader`
    tells whether it is sound.
    """

    @property
    def name(self) -> str:
        """Identifier."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Endings of the file names it reads, lower case, such as ".nii.gz"."""

    def read(self, path: Path) -> tuple[Volume, ...]:
        """Read one file: one volume for each channel it holds.

        Raises:
            FormatError: It is not what its name claims, or nothing that can be shown; the message names the
                file, what was found and what was wanted.
        """
