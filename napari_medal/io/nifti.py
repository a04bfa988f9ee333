"""NIfTI images in, and masks on the very same grid out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from nibabel.nifti1 import Nifti1Header
from nibabel.nifti2 import Nifti2Header
from nibabel.spatialimages import HeaderDataError

from napari_medal.core.found_case import FoundImage
from napari_medal.core.grid import Grid
from napari_medal.core.reader import CloseLook
from napari_medal.core.reorientation import Reorientation
from napari_medal.core.volume import Volume
from napari_medal.errors import FormatError, GeometryError
from napari_medal.io.canonical import canonical_volume, file_grid
from napari_medal.io.close_look import close_look, require_volume
from napari_medal.io.nifti_file import HeaderFields, NiftiFile, byte_order, without_text, write_nifti
from napari_medal.io.nifti_header import nifti_header
from napari_medal.io.nifti_notes import nifti_notes
from napari_medal.io.nifti_text import is_bare_nifti
from napari_medal.types import Affine, LabelArray

_LPS_FROM_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
_MM_PER_UNIT = {1: 1000.0, 3: 0.001}
"""Metres and micrometres, by the low three bits of xyzt_units; all other codes mean millimetres."""
_UINT8 = 2


@dataclass(frozen=True)
class NiftiReader:
    """Reads NIfTI-1 and NIfTI-2 images of one volume."""

    name: str = "nifti"
    suffixes: tuple[str, ...] = (".nii.gz", ".nii", ".hdr", ".img")

    def read(self, path: Path) -> tuple[Volume, ...]:
        """Read one volume, with the header's scaling applied; unscaled integers keep their type.

        The geometry is the sform, else the qform, else the voxel sizes alone.

        Raises:
            FormatError: The file is damaged, holds several volumes, or no finite real numbers.
        """
        nifti = NiftiFile.read(path)
        grid = _source_grid(nifti)
        return (canonical_volume(_scaled(nifti, 0), grid, path),)

    def look(self, image: FoundImage, repair: bool) -> CloseLook:
        """Read one volume, of a file of several the one that is named, and say what is odd about its geometry.

        Raises:
            FormatError: The file is damaged, holds no real numbers, or several volumes of which none was named.
        """
        if len(image.files) != 1:
            msg = f"{image.files[0]}: found {len(image.files)} files; wanted one NIfTI file for an image."
            raise FormatError(msg)
        nifti = NiftiFile.read(image.files[0])
        chosen = require_volume(nifti.path, _volumes_in(nifti), image.volume)
        grid = _grid_of_each(nifti)
        notes = nifti_notes(nifti, grid.shape)
        return close_look(nifti.path, [_scaled(nifti, chosen)], grid, notes, repair)

    def is_bare(self, path: Path) -> bool:
        """Tell whether a file holds neither free text nor an extension."""
        return is_bare_nifti(path)


READER = NiftiReader()


def read_grid(path: Path) -> Grid:
    """Read the canonical grid of a NIfTI file from its header alone.

    Raises:
        FormatError: The file is no NIfTI file of one volume.
    """
    return Reorientation.of(_source_grid(NiftiFile.read_header(path))).canonical


def stored_form(path: Path) -> tuple[HeaderFields, Reorientation]:
    """Read the header of a NIfTI file, and how its array is turned into the canonical frame.

    Raises:
        FormatError: The file is no NIfTI file of one volume.
    """
    nifti = NiftiFile.read_header(path)
    return nifti.fields, Reorientation.of(_source_grid(nifti))


def header_for(grid: Grid) -> tuple[HeaderFields, Reorientation]:
    """Make the header of an (x, y, z) array on a canonical grid, and how that array is turned into it."""
    source = Grid(grid.shape[::-1], grid.affine[:, [2, 1, 0, 3]])
    return nifti_header(grid, np.dtype(np.uint8)), Reorientation(source, (2, 1, 0), (False, False, False))


def write_mask(path: Path, mask: LabelArray, image: Path, grid: Grid) -> None:
    """Write a canonical mask as NIfTI on the grid of its image.

    If the image is NIfTI, its header wins: same shape, axis order, byte order, version and every bit of the
    geometry. Otherwise the mask is stored (x, y, z) with the affine of `grid`. Neither carries free text.

    Args:
        path: Ends in .nii.gz or .nii.
        mask: (Z, Y, X) label values.
        image: The image that was labelled.
        grid: The canonical grid of the image.

    Raises:
        GeometryError: The mask does not have the image's shape.
        FormatError: The image's header cannot be read, or `path` has another ending.
    """
    if not image.name.lower().endswith(READER.suffixes):
        _require_shape(mask, grid, image)
        _write_uint8(path, nifti_header(grid, np.dtype(np.uint8)), mask.transpose())
        return
    nifti = NiftiFile.read_header(image)
    turns = Reorientation.of(_source_grid(nifti))
    _require_shape(mask, turns.canonical, image)
    _write_uint8(path, nifti.fields, turns.to_source(mask))


def copy_without_text(source: Path, target: Path) -> None:
    """Copy a NIfTI file without its free text and extensions; voxels and geometry stay bit for bit.

    Raises:
        FormatError: The source is damaged or no NIfTI file, or the target does not end in .nii.gz or .nii.
    """
    nifti = NiftiFile.read(source)
    write_nifti(target, without_text(nifti.fields), nifti.voxel_bytes())


def _write_uint8(path: Path, fields: HeaderFields, array: npt.NDArray[np.uint8]) -> None:
    clean = without_text(fields)
    clean["datatype"], clean["bitpix"] = _UINT8, 8
    clean["scl_slope"], clean["scl_inter"] = 1, 0
    for name in ("cal_min", "cal_max", "intent_code", "intent_p1", "intent_p2", "intent_p3"):
        clean[name] = 0
    write_nifti(path, clean, np.asarray(array, dtype=np.uint8).tobytes(order="F"))


def _require_shape(mask: LabelArray, grid: Grid, image: Path) -> None:
    if mask.shape != grid.shape:
        msg = f"{image}: found a mask of shape {mask.shape} for it; wanted its own shape {grid.shape}."
        raise GeometryError(msg)


def _scaled(nifti: NiftiFile, volume: int) -> npt.NDArray[Any]:
    """Return the stored numbers of one volume times scl_slope plus scl_inter, (x, y, z)."""
    x, y, z = (*nifti.shape, 1, 1)[:3]
    stored = nifti.voxels().reshape(x, y, z, -1, order="F")[..., volume]
    slope, inter = float(nifti.fields["scl_slope"]), float(nifti.fields["scl_inter"])
    if slope == 0 or not np.isfinite((slope, inter)).all() or (slope, inter) == (1.0, 0.0):
        return stored
    fits = stored.dtype.itemsize <= 2 or stored.dtype.newbyteorder("=") == np.float32
    scaled: npt.NDArray[Any] = stored.astype(np.float32 if fits else np.float64)
    with np.errstate(over="ignore"):
        np.multiply(scaled, slope, out=scaled)
        np.add(scaled, inter, out=scaled)
    return scaled


def _volumes_in(nifti: NiftiFile) -> int:
    return int(np.prod(nifti.shape[3:], dtype=object))


def _source_grid(nifti: NiftiFile) -> Grid:
    """Return the LPS grid of the stored array, in its axis order, as three axes."""
    if _volumes_in(nifti) > 1:
        msg = f"{nifti.path}: found {_volumes_in(nifti)} volumes (shape {nifti.shape}); wanted a single one."
        raise FormatError(msg)
    return _grid_of_each(nifti)


def _grid_of_each(nifti: NiftiFile) -> Grid:
    """Return the LPS grid of one volume of the stored array, in its axis order."""
    x, y, z = (*nifti.shape, 1, 1)[:3]
    with np.errstate(all="ignore"):  # numbers that are none are refused as a geometry
        affine = _LPS_FROM_RAS @ _with_all_axes(_ras_affine(nifti))
    return file_grid((x, y, z), affine, nifti.path)


def _ras_affine(nifti: NiftiFile) -> Affine:
    fields = nifti.fields.copy()
    if abs(fields["pixdim"][0]) != 1:
        fields["pixdim"][0] = 1  # the standard: an unset qfac means 1
    fields["pixdim"][1:4] = np.abs(fields["pixdim"][1:4])
    kind: Any = Nifti1Header if int(fields["sizeof_hdr"]) == 348 else Nifti2Header
    header = kind(fields.tobytes(), endianness=byte_order(fields), check=False)
    try:
        affine = np.array(header.get_best_affine(), dtype=np.float64)
    except (HeaderDataError, ValueError) as error:
        msg = f"{nifti.path}: found a geometry that cannot be ({error}); wanted a valid sform or qform."
        raise FormatError(msg) from error
    affine[:3] *= _MM_PER_UNIT.get(int(fields["xyzt_units"]) & 7, 1.0)
    return affine


def _with_all_axes(affine: Affine) -> Affine:
    """Give a missing third direction, as headers of flat images have it, the unit normal of the other two."""
    if not affine[:3, 2].any():
        normal = np.cross(affine[:3, 0], affine[:3, 1])
        affine[:3, 2] = normal / max(float(np.linalg.norm(normal)), 1e-30)
    return affine
