"""Whatever happens to the bytes of an object, only our own errors come of it."""

import tracemalloc
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian, JPEG2000Lossless, RLELossless

from napari_medal.core.found_case import FoundImage
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.errors import FormatError, MedalError
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


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("syntax", [RLELossless, JPEG2000Lossless, ExplicitVRLittleEndian])
@pytest.mark.parametrize("frames", [1, 30, 2**31 - 1])
def test_a_header_that_promises_more_than_there_is_costs_nothing(tmp_path: Path, syntax: UID, frames: int) -> None:
    dataset = slice_object(np.ones((8, 8), np.int16))
    dataset.Rows = dataset.Columns = 65535
    dataset.NumberOfFrames = frames
    if syntax != ExplicitVRLittleEndian:
        dataset.PixelData = encapsulate([bytes(64)])
    path = write(dataset, tmp_path / "x.dcm", syntax)
    tracemalloc.start()
    try:
        with pytest.raises(FormatError, match=r"x\.dcm: found"):
            READER.read(path)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 2**26
