import gzip
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from napari_medal.errors import FormatError
from napari_medal.io.content import read_content, read_promised


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(min_size=1, max_size=200), min_size=1, max_size=3), st.integers(0, 40))
def test_members_of_a_gzip_file_are_one_content(tmp_path: Path, parts: list[bytes], zeros: int) -> None:
    path = tmp_path / "many.gz"
    path.write_bytes(b"".join(map(gzip.compress, parts)) + bytes(zeros))
    content = b"".join(parts)
    assert read_promised(path, len(content)) == content
    assert read_promised(path, max(1, len(content) // 2)) == content[: max(1, len(content) // 2)]
    assert read_content(path, 5) == content[:5]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(min_size=1, max_size=2000), st.data())
def test_a_cut_or_changed_gzip_file_is_never_taken_for_whole(
    tmp_path: Path, content: bytes, data: st.DataObject
) -> None:
    packed = bytearray(gzip.compress(content))
    path = tmp_path / "torn.gz"
    if data.draw(st.booleans()):
        path.write_bytes(packed[: data.draw(st.integers(2, len(packed) - 1))])
    else:
        packed[data.draw(st.integers(len(packed) - 8, len(packed) - 5))] ^= 1 + data.draw(st.integers(0, 254))
        path.write_bytes(packed)
    with pytest.raises(FormatError, match=r"torn\.gz: found a damaged or cut-off file"):
        read_promised(path, len(content))


def test_a_small_file_that_unpacks_to_far_more_than_it_promises_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(2**26)))
    with pytest.raises(FormatError, match=r"bomb\.gz: found a gzip file that unpacks to more than"):
        read_promised(path, 1000)


@pytest.mark.parametrize("packed", [False, True])
def test_what_promises_more_than_the_memory_is_refused_before_it_is_read(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / "huge.nii.gz"
    path.write_bytes(gzip.compress(b"small") if packed else b"small")
    with pytest.raises(FormatError, match=r"huge\.nii\.gz: found an image of [\d,]+ GiB"):
        read_promised(path, psutil.virtual_memory().total + 1)


def test_an_empty_or_missing_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "packed.gz").write_bytes(gzip.compress(b""))
    for name, found in {"empty": "an empty file", "packed.gz": "an empty file", "absent": "no such file"}.items():
        with pytest.raises(FormatError, match=f"{name}: found {found}"):
            read_content(tmp_path / name)
