"""What is copied byte for byte: files that hold nothing but an image and its geometry."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
import SimpleITK
import tifffile
from PIL import Image, PngImagePlugin

from napari_medal.core.found_case import FoundImage
from napari_medal.io.read import VolumeFiles

ARRAY = np.random.default_rng(0).integers(0, 100, (4, 5, 6)).astype(np.int16)
GREY = ARRAY[0].astype(np.uint8)


def nifti(**texts: bytes) -> Any:
    image = nib.Nifti1Image(ARRAY, np.diag([-1.0, -1, 1, 1]))
    for field, text in texts.items():
        image.header[field] = text
    return image


def with_extension() -> Any:
    image = nifti()
    image.header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"JANE DOE"))
    return image


def write_gzip(path: Path, name: str, behind: bytes = b"") -> None:
    with path.open("wb") as stream, gzip.GzipFile(name, "wb", fileobj=stream) as packed:
        packed.write(nifti().to_bytes() + behind)


def append(path: Path, image: Any) -> None:
    nib.save(image, path)
    with path.open("ab") as stream:
        stream.write(b"JANE DOE")


def write_itk(path: Path, **keys: str) -> None:
    image = SimpleITK.GetImageFromArray(ARRAY)
    for key, value in keys.items():
        image.SetMetaData(key, value)
    SimpleITK.WriteImage(image, str(path))


def write_png(path: Path, text: str = "") -> None:
    info = PngImagePlugin.PngInfo()
    if text:
        info.add_text("Comment", text)
    Image.fromarray(GREY).save(path, pnginfo=info)


def write_exif(path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "JANE DOE"
    Image.fromarray(GREY).save(path, exif=exif)


BARE: dict[str, Callable[[Path], Any]] = {
    "a.nii.gz": lambda path: nib.save(nifti(), path),
    "a.nii": lambda path: nib.save(nifti(regular=b"r"), path),
    "a.img": lambda path: nib.save(nib.Nifti1Pair(ARRAY, np.eye(4)), path),
    "a.mha": write_itk,
    "a.mhd": write_itk,
    "a.nrrd": write_itk,
    "a.png": write_png,
    "a.jpg": lambda path: Image.fromarray(GREY).save(path),
    "progressive.jpg": lambda path: Image.fromarray(GREY).save(path, progressive=True),
    "a.bmp": lambda path: Image.fromarray(GREY).save(path),
    "a.tif": lambda path: Image.fromarray(GREY).save(path),
}
TALKING: dict[str, Callable[[Path], Any]] = {
    "descrip.nii.gz": lambda path: nib.save(nifti(descrip=b"JANE DOE"), path),
    "aux.nii": lambda path: nib.save(nifti(aux_file=b"JANE"), path),
    "extension.nii.gz": lambda path: nib.save(with_extension(), path),
    "name.nii.gz": lambda path: write_gzip(path, "JANE_DOE.nii"),
    "behind.nii.gz": lambda path: write_gzip(path, "", b"JANE DOE"),
    "behind.nii": lambda path: append(path, nifti()),
    "key.mha": lambda path: write_itk(path, PatientName="JANE"),
    "comment.mhd": lambda path: write_itk(path, Comment="JANE"),
    "key.nrrd": lambda path: write_itk(path, patient="JANE"),
    "text.png": lambda path: write_png(path, "JANE DOE"),
    "exif.jpg": write_exif,
    "comment.jpg": lambda path: Image.fromarray(GREY).save(path, comment=b"JANE DOE"),
    "exif.png": write_exif,
    "software.tif": lambda path: tifffile.imwrite(path, GREY, software="JANE"),
    "pages.tif": lambda path: tifffile.imwrite(path, np.stack([GREY, GREY]), photometric="minisblack", metadata=None),
    "frame.mgz": lambda path: nib.save(nib.MGHImage(ARRAY, np.eye(4)), path),
}


@pytest.mark.parametrize("name", BARE)
def test_nothing_but_an_image(files: VolumeFiles, tmp_path: Path, name: str) -> None:
    BARE[name](tmp_path / name)
    image = FoundImage((tmp_path / name,))
    assert files.look(image).volumes
    assert files.is_bare(image)


@pytest.mark.parametrize("name", TALKING)
def test_text_is_seen(files: VolumeFiles, tmp_path: Path, name: str) -> None:
    TALKING[name](tmp_path / name)
    image = FoundImage((tmp_path / name,))
    assert files.look(image).volumes
    assert not files.is_bare(image)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.bmp"])
def test_bytes_behind_a_picture_are_seen(files: VolumeFiles, tmp_path: Path, name: str) -> None:
    BARE[name](tmp_path / name)
    with (tmp_path / name).open("ab") as stream:
        stream.write(b"JANE DOE")
    assert not files.is_bare(FoundImage((tmp_path / name,)))


def test_several_files_and_one_volume_of_several_are_not_bare(files: VolumeFiles, tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        write_png(tmp_path / name)
    assert not files.is_bare(FoundImage((tmp_path / "a.png", tmp_path / "b.png")))
    nib.save(nifti(), tmp_path / "a.nii")
    assert not files.is_bare(FoundImage((tmp_path / "a.nii",), volume=0))
