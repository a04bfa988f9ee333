from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from napari_medal.engine.array_file import ArrayFile
from napari_medal.errors import FormatError

ARRAYS = st.dictionaries(
    st.sampled_from(["image", "mask", "known", "affine"]),
    hnp.arrays(
        st.sampled_from([np.float16, np.uint8, np.int64, np.float64, np.bool_]),
        hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=5),
        elements={"min_value": 0, "max_value": 1},
    ),
    min_size=1,
)


@given(ARRAYS)
@settings(max_examples=40)
def test_arrays_come_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, arrays: dict[str, np.ndarray]) -> None:
    file = ArrayFile(tmp_path_factory.mktemp("arrays") / "a.npz")
    file.write(arrays)
    found = file.mapped()
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        assert found[name].shape == array.shape
        assert (found[name] == array).all()
        assert array.size == 0 or isinstance(found[name], np.memmap)


@given(st.data())
@settings(max_examples=40)
def test_a_file_that_is_cut_off_or_damaged_anywhere_in_an_array_is_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    file = ArrayFile(tmp_path_factory.mktemp("arrays") / "a.npz")
    array = np.arange(600, dtype=np.int16).reshape(6, 10, 10)
    file.write({"mask": array})
    content = bytearray(file.path.read_bytes())
    begin = content.index(array.tobytes())
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    else:
        content[begin + data.draw(st.integers(0, array.nbytes - 1))] ^= 1 << data.draw(st.integers(0, 7))
    file.path.write_bytes(content)
    with pytest.raises(FormatError, match="damaged file"):
        file.mapped()


def test_what_is_mapped_cannot_be_changed(tmp_path: Path) -> None:
    file = ArrayFile(tmp_path / "a.npz")
    file.write({"mask": np.zeros(3, np.uint8)})
    with pytest.raises(ValueError, match="read-only"):
        file.mapped()["mask"][0] = 1
