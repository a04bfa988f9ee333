"""Files that were cut, changed or made to lie: a clear error or an image, and nothing else."""

import gzip
import io
import os
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import nibabel
import numpy as np
import pytest
import SimpleITK
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from napari_medal.core.file_note import NoteKind, Verdict
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


def _pages(path: Path) -> None:
    pages = [Image.fromarray(slice_.astype(np.uint16)) for slice_ in VOXELS]
    pages[0].save(path, save_all=True, append_images=pages[1:], compression="tiff_deflate")


def _mgh(path: Path) -> None:
    nibabel.freesurfer.mghformat.MGHImage(VOXELS.T, np.diag([1.0, 2.0, 3.0, 1.0])).to_filename(path)


SOUND: dict[str, Callable[[Path], None]] = {
    "a.nii": _nifti,
    "a.nii.gz": _nifti,
    "a.hdr": _nifti,
    "a.mha": _itk,
    "packed.mha": _itk,
    "a.nrrd": _itk,
    "packed.nrrd": _itk,
    "a.png": _picture,
    "a.mgh": _mgh,
    "a.mgz": _mgh,
    "a.tif": _picture,
    "pages.tif": _pages,
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
    FILES.is_bare(FoundImage((path,)))
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


@pytest.mark.parametrize("sides", [(0, 4, 3), (5, 4, 0), (-5, 4, 3)])
def test_a_volume_without_a_voxel_is_refused(tmp_path: Path, sides: tuple[int, int, int]) -> None:
    header = bytearray(nibabel.Nifti1Image(VOXELS.T, np.eye(4)).header.binaryblock)
    struct.pack_into("<4h", header, 40, 3, *sides)
    (tmp_path / "none.nii").write_bytes(bytes(header) + bytes(200))
    words = " ".join(map(str, sides))
    (tmp_path / "none.mha").write_text(
        f"NDims = 3\nDimSize = {words}\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n"
    )
    (tmp_path / "none.nrrd").write_text(f"NRRD0004\ntype: uint8\ndimension: 3\nsizes: {words}\nencoding: raw\n\n")
    mgh = struct.pack(">7ih", 1, *sides, 1, 0, 0, 0).ljust(284, b"\0")
    (tmp_path / "none.mgh").write_bytes(mgh + bytes(200))
    for ending in ("nii", "mha", "nrrd", "mgh"):
        assert not _read_or_refuse(tmp_path / f"none.{ending}")


@pytest.mark.parametrize("spacing", ["0 1 1", "nan 1 1", "inf 1 1", "1e308 1 1", "1e200 1e200 1e200"])
def test_a_spacing_that_cannot_be_is_refused(tmp_path: Path, spacing: str) -> None:
    shape = "NDims = 3\nDimSize = 5 4 3\nElementType = MET_UCHAR\n"
    header = f"ObjectType = Image\n{shape}ElementSpacing = {spacing}\nElementDataFile = LOCAL\n"
    (tmp_path / "odd.mha").write_bytes(header.encode() + bytes(60))
    assert not _read_or_refuse(tmp_path / "odd.mha")


@pytest.mark.parametrize("number", [np.nan, np.inf, 1e30, 0.0])
def test_an_affine_that_cannot_be_is_refused(tmp_path: Path, number: float) -> None:
    header = nibabel.Nifti1Image(VOXELS.T, np.eye(4)).header
    header["sform_code"] = 1
    header["srow_x"] = [number, 0, 0, 0]
    content = header.binaryblock + bytes(4) + VOXELS.tobytes()
    (tmp_path / "odd.nii").write_bytes(content)
    with pytest.raises(FormatError, match=r"odd\.nii: found a geometry that cannot be"):
        FILES.read(tmp_path / "odd.nii")


def test_three_axes_in_one_plane_are_no_geometry(tmp_path: Path) -> None:
    affine = np.eye(4)
    affine[:3, 2] = [1e4, 1e4, 1]
    nibabel.Nifti1Image(VOXELS.T, affine).to_filename(tmp_path / "flat.nii")
    with pytest.raises(FormatError, match="three axes in one plane"):
        FILES.read(tmp_path / "flat.nii")


def test_a_shear_that_cannot_be_made_straight_is_refused_with_the_reason(tmp_path: Path) -> None:
    affine = np.eye(4)
    affine[0, 2] = 90.0
    nibabel.Nifti1Image(VOXELS.T, affine).to_filename(tmp_path / "sheared.nii")
    look = FILES.look(FoundImage((tmp_path / "sheared.nii",)), repair=True)
    assert look.volumes == ()
    (note,) = [note for note in look.notes if note.kind is NoteKind.SHEARED]
    assert note.verdict is Verdict.REFUSED
    assert "A straight grid would have" in note.words


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = chunk(b"IHDR", struct.pack(">2I5B", width, height, 16, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def _tiff(width: int, height: int) -> bytes:
    tags = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 8), (262, 3, 1, 1)]
    tags += [(273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, 4)]
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags) + bytes(4)
    return b"II*\0" + struct.pack("<I", 12) + zlib.compress(b"")[:4] + directory


@pytest.mark.parametrize("sides", [(9_400, 9_400), (30_000, 30_000), (2**31 - 1, 2**31 - 1)])
@pytest.mark.parametrize("kind", ["png", "tif"])
def test_a_picture_that_promises_more_than_there_is_costs_nothing(
    tmp_path: Path, kind: str, sides: tuple[int, int]
) -> None:
    """9,400 by 9,400 is little enough for memory, 30,000 by 30,000 more than Pillow takes."""
    path = tmp_path / f"promise.{kind}"
    path.write_bytes(_png(*sides) if kind == "png" else _tiff(*sides))
    tracemalloc.start()
    try:
        assert not _read_or_refuse(path)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 2**26


def test_a_gzip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    whole = nibabel.Nifti1Image(VOXELS.T, np.eye(4)).to_bytes()
    (tmp_path / "bomb.nii.gz").write_bytes(gzip.compress(whole) + gzip.compress(bytes(2**26), 1) * 4)
    with pytest.raises(FormatError, match="unpacks to more than"):
        FILES.read(tmp_path / "bomb.nii.gz")


@pytest.mark.parametrize("name", ["a.mha", "a.mhd", "a.nrrd", "a.nhdr"])
@pytest.mark.parametrize(
    "voxels",
    [
        "LIST\nb.raw\n../secret.raw",
        "%s/secret.raw",
        "..\\secret.raw",
        "C:/secret.raw",
        "../s%%03d.raw 1 3 1",
        "link.raw",
    ],
)
def test_no_way_leads_out_of_the_folder_of_a_header(tmp_path: Path, name: str, voxels: str) -> None:
    (tmp_path / "secret.raw").write_bytes(bytes(60))
    folder = tmp_path / "images"
    folder.mkdir()
    (folder / "link.raw").symlink_to(tmp_path / "secret.raw")
    (folder / "b.raw").write_bytes(bytes(20))
    where = voxels % tmp_path if "%s" in voxels else voxels.replace("%%", "%")
    mhd = (
        "Comment = ElementDataFile = LOCAL\nNDims = 3\nDimSize = 5 4 3\nElementType = MET_UCHAR\nElementDataFile = {}\n"
    )
    nhdr = "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 5 4 3\nencoding: raw\ndata file: {}\n"
    (folder / name).write_text((mhd if name.startswith("a.mh") else nhdr).format(where))
    with pytest.raises(FormatError, match="outside its folder"):
        FILES.read(folder / name)


def test_voxels_in_several_files_are_read(tmp_path: Path) -> None:
    for number, slice_ in enumerate(VOXELS):
        (tmp_path / f"s{number}.raw").write_bytes(slice_.tobytes())
    names = "".join(f"s{number}.raw\n" for number in range(3))
    mhd = "NDims = 3\nDimSize = 5 4 3\nElementType = MET_SHORT\nElementDataFile = LIST\n"
    (tmp_path / "a.mhd").write_text(mhd + names)
    nhdr = "NRRD0004\ntype: short\nendian: little\ndimension: 3\nsizes: 5 4 3\nencoding: raw\ndata file: LIST\n"
    (tmp_path / "a.nhdr").write_text(nhdr + names)
    counted = (
        "NRRD0004\ntype: short\nendian: little\ndimension: 3\nsizes: 5 4 3\nencoding: raw\ndata file: s%d.raw 0 2 1\n\n"
    )
    (tmp_path / "counted.nhdr").write_text(counted)
    for name in ("a.mhd", "a.nhdr", "counted.nhdr"):
        (volume,) = FILES.read(tmp_path / name)
        np.testing.assert_array_equal(volume.array, VOXELS)


def test_voxels_that_look_like_a_header_are_voxels(tmp_path: Path) -> None:
    voxels = b"\nElementDataFile = ../secret.raw\n".ljust(60, b"\0")
    header = b"NDims = 3\nDimSize = 5 4 3\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n"
    (tmp_path / "a.mha").write_bytes(header + voxels)
    (volume,) = FILES.read(tmp_path / "a.mha")
    assert volume.array.tobytes() == voxels
