from pathlib import Path

import numpy as np
import pytest

from napari_medal.core.file_note import Verdict
from napari_medal.core.found_case import FoundImage
from napari_medal.core.reader import CloseLook
from napari_medal.core.volume import Volume
from napari_medal.io.doubled_channels import doubled_channels
from tests.small import grid


def look(*arrays: np.ndarray) -> CloseLook:
    return CloseLook(tuple(Volume(array, grid(array.shape)) for array in arrays))


@pytest.fixture
def array() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 9, (4, 5, 6)).astype(np.int16)


def words(*images: tuple[FoundImage, CloseLook]) -> list[str]:
    notes = doubled_channels(images)
    assert {note.verdict for note in notes} <= {Verdict.NOTED}
    return [note.words for note in notes]


def test_equal_channels_are_told_of_within_and_across_files(array):
    first, second = FoundImage((Path("a.tif"),)), FoundImage((Path("b.nii"),))
    (told,) = words((first, look(array, array + 1)), (second, look(array + 1)))
    assert told.startswith("a.tif: channels 2 and 3 hold the same image")
    assert len(words((first, look(array, array.copy(), array.copy())))) == 3


def test_channels_that_differ_in_one_voxel_or_in_shape_are_not(array):
    other = array.copy()
    other[0, 0, 0] += 1
    image = FoundImage((Path("a.tif"),))
    assert words((image, look(array, other)), (image, look(array[:2]))) == []


def test_a_file_that_is_named_twice_is_known(array):
    image, other = FoundImage((Path("a.nii"),), name="one"), FoundImage((Path("a.nii"),), name="two")
    assert words((image, look(array)), (other, look(array))) == []
    assert doubled_channels([]) == []
