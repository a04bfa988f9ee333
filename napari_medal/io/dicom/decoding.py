"""Compressed, coloured and otherwise unusual pixels."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_medal.errors import FormatError
from napari_medal.io.dicom.file_words import file_words
from napari_medal.io.dicom.header import Header
from napari_medal.io.size_limit import require_room

_SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
_FORM = (
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "PlanarConfiguration",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "PixelData",
)


def decode(header: Header) -> npt.NDArray[Any]:
    """Return the (picture, row, column) stored numbers of an object, or (picture, row, column, 3) red, green and blue.

    pydicom decodes what it can with Pillow and CharLS; GDCM, which comes with SimpleITK, the rest, such as lossless
    JPEG. Colours of a palette or of luminance and chrominance become red, green and blue.

    Raises:
        FormatError: The pixels are damaged, stored in a way that none of them reads, or larger than memory.
    """
    import pydicom
    from pydicom.pixels.processing import apply_color_lut

    words = file_words(header.path, header.person)
    if (form := header.pixels) is not None:
        promised = form.frames * form.rows * form.columns * form.samples * -(-form.allocated // 8)
        require_room(Path(words), promised, header.path.stat().st_size)
    try:
        dataset = pydicom.dcmread(header.path, force=True)
        pixels = _pixels(dataset)
        if header.pixels is not None and header.pixels.photometric == "PALETTE COLOR":
            pixels = apply_color_lut(pixels, dataset)
    except Exception as error:  # decoders of damaged pixels raise almost anything
        name = _syntax_name(header)
        msg = f"{words}: found pixels that cannot be decoded ({name}); wanted whole ones of a known kind."
        raise FormatError(msg) from error
    colours = 1 if pixels.ndim in {3, 4} and pixels.shape[-1] == 3 and _is_coloured(header) else 0
    return pixels if pixels.ndim - colours == 3 else pixels[None]


def _is_coloured(header: Header) -> bool:
    form = header.pixels
    return form is not None and (form.samples == 3 or form.photometric == "PALETTE COLOR")


def _syntax_name(header: Header) -> str:
    from pydicom.uid import UID

    return UID(header.pixels.transfer_syntax).name if header.pixels is not None else "no pixels"


def _pixels(dataset: Any) -> npt.NDArray[Any]:  # a data set of pydicom
    try:
        return np.asarray(dataset.pixel_array)
    except (RuntimeError, ValueError, OSError):  # no decoder, or one that does not know JPEG of 12 bits
        return _by_gdcm(dataset)


def _by_gdcm(dataset: Any) -> npt.NDArray[Any]:
    """Decode with GDCM, from a file that holds nothing but the pixels: GDCM would apply the rescale."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import generate_uid

    itk = _simple_itk()
    bare = Dataset()
    bare.SOPClassUID, bare.SOPInstanceUID = _SECONDARY_CAPTURE, generate_uid()
    for name in _FORM:
        if name in dataset:
            bare[name] = dataset[name]
    bare.file_meta = FileMetaDataset()
    bare.file_meta.TransferSyntaxUID = dataset.file_meta.TransferSyntaxUID
    with tempfile.TemporaryDirectory(prefix="medal-") as folder:
        path = Path(folder) / "pixels.dcm"
        bare.save_as(path, enforce_file_format=True)
        reader = itk.ImageFileReader()
        reader.SetImageIO("GDCMImageIO")
        reader.SetFileName(str(path))
        return np.asarray(itk.GetArrayFromImage(reader.Execute()))


def _simple_itk() -> Any:  # neither the module nor its images carry types
    """Return SimpleITK, which takes long to import."""
    import SimpleITK

    return SimpleITK
