import gzip
from pathlib import Path

import nibabel
import numpy as np
import pytest

from napari_medal.errors import FormatError, JobCancelled
from napari_medal.export.image_copy import copy_image
from napari_medal.io.installed import installed_files
from napari_medal.io.nifti import copy_without_text
from tests.small import write_image

SECRET = b"DOE_JANE"


def no_check() -> None:
    """Never cancel."""


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A file as the program writes it: no text, no name in its packing."""
    array = np.random.default_rng(0).integers(0, 99, (40, 30, 20)).astype(np.int16)
    raw = write_image(tmp_path / "raw.nii.gz", array)
    copy_without_text(raw, tmp_path / "plain.nii.gz")
    return tmp_path / "plain.nii.gz"


def copied(source: Path, tmp_path: Path) -> bytes:
    (path,) = copy_image(installed_files(), source, tmp_path / "out", "a", no_check)
    assert path == tmp_path / "out" / "a.nii.gz"
    return path.read_bytes()


def voxels(content: bytes) -> bytes:
    return gzip.decompress(content)[352:]


def test_a_file_of_nothing_but_voxels_keeps_its_bytes(plain: Path, tmp_path: Path) -> None:
    assert copied(plain, tmp_path) == plain.read_bytes()


def test_a_name_in_the_packing_stays_behind(plain: Path, tmp_path: Path) -> None:
    named = tmp_path / "named.nii.gz"
    with named.open("wb") as stream, gzip.GzipFile(SECRET.decode(), "wb", fileobj=stream) as packed:
        packed.write(gzip.decompress(plain.read_bytes()))
    assert SECRET in named.read_bytes()
    found = copied(named, tmp_path)
    assert SECRET not in found
    assert voxels(found) == voxels(plain.read_bytes())


@pytest.mark.parametrize("inside", [False, True])
def test_what_lies_behind_the_voxels_stays_behind(plain: Path, tmp_path: Path, inside: bool) -> None:
    content = gzip.decompress(plain.read_bytes())
    longer = tmp_path / "longer.nii.gz"
    behind = gzip.compress(content + SECRET, mtime=0) if inside else plain.read_bytes() + gzip.compress(SECRET, mtime=0)
    longer.write_bytes(behind)
    found = copied(longer, tmp_path)
    assert gzip.decompress(found) == content


def test_text_in_the_header_stays_behind(plain: Path, tmp_path: Path) -> None:
    content = bytearray(gzip.decompress(plain.read_bytes()))
    content[148 : 148 + len(SECRET)] = SECRET
    told = tmp_path / "told.nii.gz"
    told.write_bytes(gzip.compress(bytes(content), mtime=0))
    assert nibabel.load(told).header["descrip"] == SECRET
    assert SECRET not in gzip.decompress(copied(told, tmp_path))


@pytest.mark.parametrize("place", [-3, -300, 2000])
def test_a_damaged_file_is_refused(plain: Path, tmp_path: Path, place: int) -> None:
    content = bytearray(plain.read_bytes())
    content[place] ^= 0x55
    plain.write_bytes(bytes(content))
    with pytest.raises(FormatError, match="damaged"):
        copied(plain, tmp_path)
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []


def test_a_file_that_is_cut_off_is_refused(plain: Path, tmp_path: Path) -> None:
    plain.write_bytes(plain.read_bytes()[:-9])
    with pytest.raises(FormatError, match="cut-off"):
        copied(plain, tmp_path)


def test_it_can_be_cancelled_on_the_way(plain: Path, tmp_path: Path) -> None:
    def cancel() -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        copy_image(installed_files(), plain, tmp_path / "out", "a", cancel)
    assert list((tmp_path / "out").iterdir()) == []
