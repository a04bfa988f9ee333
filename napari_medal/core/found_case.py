"""Cases as they were found on the disk."""

from dataclasses import dataclass
from pathlib import Path

from napari_medal.core.case import Split
from napari_medal.core.file_note import FileNote
from napari_medal.core.mask_meaning import AS_STORED, MaskMeaning


@dataclass(frozen=True)
class FoundImage:
    """What one image is read from.

    Args:
        files: One file, or the slices of a stack or of a series; the reader sorts those.
        reader: Name of the reader of files that knows it; "" for the one that its ending names.
        name: The sequence or channel, such as "FLAIR"; "" where nothing says it.
        key: What labels refer to it by, such as a series' UID; never shown, never kept in a log.
        volume: Which volume of a file of several; None for a file of one.
        meaning: How a mask is to be read; images have none.
        channels: Names of its volumes, in order, where it holds several.
    """

    files: tuple[Path, ...]
    reader: str = ""
    name: str = ""
    key: str = ""
    volume: int | None = None
    meaning: MaskMeaning = AS_STORED
    channels: tuple[str, ...] = ()


@dataclass(frozen=True)
class FoundCase:
    """A case on the disk: its name, its images, and its mask if there is one.

    Args:
        name: Letters, digits, "-", "_" and "."; not a patient's name.
        images: Each holds one channel or more, in order.
        mask: What its mask is read from.
        subject: The patient's pseudonym; "" where the folder does not say it.
        split: The split that the folder puts it in.
        notes: What the folder tells of it beyond its files, such as slices that are missing.
    """

    name: str
    images: tuple[FoundImage, ...]
    mask: FoundImage | None = None
    subject: str = ""
    split: Split = Split.UNDRAWN
    notes: tuple[FileNote, ...] = ()
