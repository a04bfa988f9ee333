"""Whatever happens to the bytes of an object, only our own errors come of it."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_medal.core.found_case import FoundImage
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.errors import MedalError
from napari_medal.io.dicom.reader import READER
from tests.io.dicom.written import slice_object, structure_set, write

GRID = Grid((4, 8, 8), np.eye(4)[[2, 1, 0, 3]])
SCHEME = LabelScheme((LabelClass(1, "liver", "#e6550d"),))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    folder = tmp_path_factory.mktemp("sound")
    corners = np.array([(1.0, 1, 2), (5, 1, 2), (5, 5, 2)])
    picture = write(slice_object(np.ones((8, 8), np.int16)), folder / "image.dcm")
    contours = write(structure_set({"liver": [corners]}), folder / "contours.dcm")
    return picture.read_bytes(), contours.read_bytes()


@pytest.mark.filterwarnings("ignore")  # pydicom's, of what it finds
@settings(max_examples=150)
@given(
    st.booleans(),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8),
    st.floats(0, 1) | st.just(1.0),
)
def test_only_our_errors(
    tmp_path_factory: pytest.TempPathFactory,
    sound: tuple[bytes, bytes],
    is_picture: bool,
    changes: list[tuple[float, int]],
    kept: float,
) -> None:
    content = bytearray(sound[not is_picture])
    for place, byte in changes:
        content[int(place * len(content))] = byte
    path = tmp_path_factory.mktemp("damaged") / "x.dcm"
    path.write_bytes(content[: int(kept * len(content))])
    for attempt in (lambda: READER.read(path), lambda: READER.read_mask(FoundImage((path,)), GRID, SCHEME)):
        with suppress(MedalError):
            attempt()
