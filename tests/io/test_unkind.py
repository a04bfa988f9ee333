"""Files that were cut, changed or made to lie: a clear error or an image, and nothing else."""

import gzip
import io
import os
import struct
from collections.abc import Callable
from pathlib import Path

import nibabel
import numpy as np
import pytest
import SimpleITK
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from napari_medal.core.found_case import FoundImage
from napari_medal.errors import FormatError, GeometryError
from napari_medal.io.installed import installed_files

FILES = installed_files()
VOXELS = np.arange(5 * 4 * 3, dtype=np.int16).reshape(3, 4, 5)


def _nifti(path: Path) -> None:
    kind = nibabel.Nifti1Pair if path.suffix == ".hdr" else nibabel.Nifti1Image
    kind(VOXELS.T, np.diag([1.0, 2.0, 3.0, 1.0])).to_filename(path)


def _itk(path: Path) -> None:
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(VOXELS), str(path), useCompression=path.stem == "packed")


def _picture(path: Path) -> None:
    Image.fromarray(np.arange(120, dtype=np.uint8).reshape(10, 12)).save(path)


SOUND: dict[str, Callable[[Path], None]] = {
    "a.nii": _nifti,
    "a.nii.gz": _nifti,
    "a.hdr": _nifti,
    "a.mha": _itk,
    "packed.mha": _itk,
    "a.nrrd": _itk,
    "packed.nrrd": _itk,
    "a.png": _picture,
    "a.tif": _picture,
    "a.jpg": _picture,
    "a.bmp": _picture,
}


def _read_or_refuse(path: Path) -> bool:
    """Read a file in both ways; return whether it was read. An error names it."""
    try:
        volumes = FILES.read(path)
        FILES.look(FoundImage((path,)), repair=True)
    except (FormatError, GeometryError) as error:
        refusal = str(error)
    else:
        refusal = ""
    if refusal:
        assert path.stem in refusal
        assert len(refusal) < 1000
        return False
    assert all(np.isfinite(volume.array).all() for volume in volumes)
    return True


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_file_is_read(tmp_path: Path, name: str) -> None:
    SOUND[name](tmp_path / name)
    assert _read_or_refuse(tmp_path / name)


@pytest.mark.parametrize("name", SOUND)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_changed_file_is_read_or_refused(tmp_path: Path, name: str, data: st.DataObject) -> None:
    path = tmp_path / name
    SOUND[name](path)
    content = bytearray(path.read_bytes())
    header = min(len(content), 400)
    for _ in range(data.draw(st.integers(1, 4))):
        kind = data.draw(st.sampled_from(["byte", "cut", "zeros", "insert", "number"]))
        at = data.draw(st.integers(0, max(0, min(header, len(content)) - 1)))
        if kind == "byte" and content:
            content[at] = data.draw(st.integers(0, 255))
        elif kind == "cut":
            del content[data.draw(st.integers(0, len(content))) :]
        elif kind == "zeros":
            content[at : at + 8] = bytes(8)
        elif kind == "insert":
            content[at:at] = data.draw(st.binary(min_size=1, max_size=20))
        else:
            content[at : at + 4] = struct.pack("<f", data.draw(st.floats(width=32)))
    path.write_bytes(content)
    _read_or_refuse(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_nifti_header_that_lies_is_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    """Every field may hold anything, packed or not."""
    stream = io.BytesIO()
    nibabel.Nifti1Image(VOXELS.T, np.eye(4)).to_stream(stream)
    content = bytearray(stream.getvalue())
    names = [name for name in nibabel.nifti1.header_dtype.names if name != "sizeof_hdr"]
    for name in data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True)):
        kind, offset = nibabel.nifti1.header_dtype.fields[name][:2]
        content[offset : offset + kind.itemsize] = data.draw(
            st.one_of(
                st.binary(min_size=kind.itemsize, max_size=kind.itemsize),
                st.sampled_from([bytes(kind.itemsize), b"\xff" * kind.itemsize, b"\x7f" * kind.itemsize]),
            )
        )
    path = tmp_path / "lies.nii.gz"
    path.write_bytes(gzip.compress(content) if data.draw(st.booleans()) else content)
    _read_or_refuse(path)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_none_are_refused(tmp_path: Path, value: float) -> None:
    array = np.zeros((3, 4, 5), dtype=np.float32)
    array[1, 1, 1] = value
    nibabel.Nifti1Image(array, np.eye(4)).to_filename(tmp_path / "odd.nii")
    with pytest.raises(FormatError, match="found 1 values that are not finite"):
        FILES.read(tmp_path / "odd.nii")


def test_values_at_the_edge_of_what_numbers_hold_are_numbers(tmp_path: Path) -> None:
    array = np.full((3, 4, 5), 1e308)
    array[0] = -1e308
    nibabel.Nifti1Image(array, np.eye(4)).to_filename(tmp_path / "huge.nii")
    assert _read_or_refuse(tmp_path / "huge.nii")


@pytest.mark.parametrize("sides", [(2**15 - 1,) * 3, (2**15 - 1, 2**15 - 1, 1)])
def test_a_header_that_promises_more_than_there_is_costs_nothing(tmp_path: Path, sides: tuple[int, int, int]) -> None:
    header = nibabel.Nifti1Header()
    header.set_data_dtype(np.float64)
    header.set_data_shape(sides)
    header["magic"] = b"n+1"
    for name, content in {
        "promise.nii": header.binaryblock,
        "promise.nii.gz": gzip.compress(header.binaryblock),
    }.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(FormatError, match="promise"):
            FILES.read(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("big.mha", "ObjectType = Image\nNDims = 3\nDimSize = 900000 900000 900\nElementType = MET_DOUBLE\n"
         "ElementDataFile = LOCAL\n"),
        ("big.nrrd", "NRRD0004\ntype: double\ndimension: 3\nsizes: 900000 900000 900\nencoding: raw\n\n"),
    ],
)  # fmt: skip
def test_a_text_header_that_promises_more_than_there_is_costs_nothing(tmp_path: Path, name: str, header: str) -> None:
    (tmp_path / name).write_bytes(header.encode() + bytes(100))
    with pytest.raises(FormatError, match=name):
        FILES.read(tmp_path / name)


@pytest.mark.parametrize("name", ["a.mhd", "a.nhdr"])
@pytest.mark.parametrize("elsewhere", ["../secret.raw", "/etc/hostname", "sub/../../secret.raw"])
def test_a_header_cannot_name_a_file_elsewhere(tmp_path: Path, name: str, elsewhere: str) -> None:
    (tmp_path / "secret.raw").write_bytes(bytes(60))
    folder = tmp_path / "images"
    (folder / "sub").mkdir(parents=True)
    mhd = "ObjectType = Image\nNDims = 3\nDimSize = 5 4 3\nElementType = MET_UCHAR\nElementDataFile = {}\n"
    nhdr = "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 5 4 3\nencoding: raw\ndata file: {}\n\n"
    (folder / name).write_text((mhd if name.endswith("mhd") else nhdr).format(elsewhere))
    with pytest.raises(FormatError, match=name):
        FILES.read(folder / name)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    for name, write in SOUND.items():
        write(tmp_path / name)
        (tmp_path / name).chmod(0)
        assert not _read_or_refuse(tmp_path / name)


@pytest.mark.parametrize("name", SOUND)
def test_a_folder_or_nothing_in_place_of_a_file_is_said(tmp_path: Path, name: str) -> None:
    assert not _read_or_refuse(tmp_path / name)
    (tmp_path / name).mkdir()
    assert not _read_or_refuse(tmp_path / name)
