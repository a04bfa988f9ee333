"""Channels of a case that hold the same image."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from napari_medal.core.file_note import FileNote, NoteKind, Verdict
from napari_medal.core.found_case import FoundImage
from napari_medal.core.reader import CloseLook
from napari_medal.types import ImageArray


def doubled_channels(images: Sequence[tuple[FoundImage, CloseLook]]) -> list[FileNote]:
    """Say which channels are equal in every voxel, as where one stands in for a sequence that is missing.

    Files that a folder names twice are left out: it knows.
    """
    channels = [(image, place, volume.array) for image, look in images for place, volume in enumerate(look.volumes)]
    first = images[0][0].files[0] if images else None
    return [
        FileNote(
            NoteKind.OTHER,
            Verdict.NOTED,
            f"{first}: channels {one + 1} and {other + 1} hold the same image in every voxel; perhaps one stands in for"
            " another that is missing.",
        )
        for one, other in _equal(channels)
    ]


def _equal(channels: Sequence[tuple[FoundImage, int, ImageArray]]) -> Iterator[tuple[int, int]]:
    for (one, (image, place, array)), (other, (its, its_place, its_array)) in combinations(enumerate(channels), 2):
        same_file = image.files == its.files and place == its_place and image.volume == its.volume
        if not same_file and _is_same(array, its_array):
            yield one, other


def _is_same(array: ImageArray, other: ImageArray) -> bool:
    """Compare the middle slice first: most channels differ there."""
    if array.shape != other.shape:
        return False
    middle = len(array) // 2
    return np.array_equal(array[middle], other[middle]) and np.array_equal(array, other)
