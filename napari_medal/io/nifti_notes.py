"""What is odd about the geometry in a NIfTI header."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from nibabel.nifti1 import Nifti1Header
from nibabel.nifti2 import Nifti2Header
from nibabel.spatialimages import HeaderDataError

from napari_medal.core.file_note import FileNote, NoteKind, Verdict
from napari_medal.core.grid import Grid
from napari_medal.errors import GeometryError
from napari_medal.io.nifti_file import NiftiFile, byte_order

_MOST_APART_VOXELS = 0.1


def nifti_notes(nifti: NiftiFile, shape: tuple[int, int, int]) -> list[FileNote]:
    """Say whether a header has two geometries that differ, none at all, or a spacing that cannot be."""
    has_sform, has_qform = int(nifti.fields["sform_code"]) > 0, int(nifti.fields["qform_code"]) > 0
    notes = []
    sizes = [float(size) for size in nifti.fields["pixdim"][1:4]]
    if not has_sform and min(sizes) < 0:
        words = f"{nifti.path}: found the voxel sizes {sizes}; wanted none below 0."
        notes.append(FileNote(NoteKind.NO_GEOMETRY, Verdict.REFUSED, words))
    if not has_sform and not has_qform:
        words = f"{nifti.path}: neither sform nor qform is set; where left is and where right is a guess."
        notes.append(FileNote(NoteKind.NO_GEOMETRY, Verdict.NOTED, words))
    if has_sform and has_qform:
        notes += _difference(nifti, shape)
    return notes


def _difference(nifti: NiftiFile, shape: tuple[int, int, int]) -> list[FileNote]:
    header = _header(nifti)
    sform = _grid(header.get_sform, shape)
    qform = _grid(header.get_qform, shape)
    if sform is None:
        return []  # which `file_grid` refuses
    if qform is None:
        return [_two(nifti.path, "the qform cannot be")]
    apart = sform.farthest_corner_mm(qform)
    unit = min(sform.spacing_mm)
    return [_two(nifti.path, f"they lie up to {apart:.3g} apart")] if apart > _MOST_APART_VOXELS * unit else []


def _two(path: Path, how: str) -> FileNote:
    words = f"{path}: sform and qform differ ({how}, in the header's unit); the sform is used."
    return FileNote(NoteKind.TWO_GEOMETRIES, Verdict.NOTED, words)


def _header(nifti: NiftiFile) -> Any:  # nibabel's headers carry no types
    fields = nifti.fields.copy()
    if abs(fields["pixdim"][0]) != 1:
        fields["pixdim"][0] = 1
    fields["pixdim"][1:4] = np.abs(fields["pixdim"][1:4])
    kind: Any = Nifti1Header if int(fields["sizeof_hdr"]) == 348 else Nifti2Header
    return kind(fields.tobytes(), endianness=byte_order(fields), check=False)


def _grid(form: Callable[[], Any], shape: tuple[int, int, int]) -> Grid | None:
    """Return a grid by one of the header's two forms; None where it makes none."""
    try:
        return Grid(shape, np.array(form(), dtype=np.float64))
    except (HeaderDataError, GeometryError, ValueError):
        return None
