"""DICOM series as cases of a project would have come from them, and what programs of others read in what we write."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pydicom

from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Case, CaseState, Split
from napari_medal.core.dataset import Dataset, DatasetCase, DatasetTask
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.series_source import SeriesSource, SliceSource
from napari_medal.core.target import Target
from napari_medal.io.nifti import read_grid, write_mask

CT = "1.2.840.10008.5.1.4.1.1.2"
ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.4.1"
SCHEME = LabelScheme((LabelClass(2, "left kidney", "#e6550d"), LabelClass(7, "liver tumour", "#3182bd")))
TASK = DatasetTask(Target.MASK, SCHEME)
MADE = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


def series(
    shape: tuple[int, int, int] = (5, 7, 6),
    spacing_mm: tuple[float, float, float] = (2.5, 0.7, 0.9),
    rotation: np.ndarray[Any, Any] | None = None,
    downwards: bool = False,
    origin_mm: tuple[float, float, float] = (-31.25, 12.5, -204.125),
) -> SeriesSource:
    """Return a series of (slices, rows, columns); `rotation` turns rows, columns and slices from axial ones."""
    turned = np.eye(3) if rotation is None else rotation
    along_row, along_column, across = turned[:, 0], turned[:, 1], turned[:, 2] * (-1 if downwards else 1)
    origin = np.array(origin_mm)
    slices = tuple(
        SliceSource(f"2.25.77{k}", 0, tuple((origin + k * spacing_mm[0] * across).tolist())) for k in range(shape[0])
    )
    orientation = (*along_row.tolist(), *along_column.tolist())
    return SeriesSource(
        "2.25.1", "2.25.2", "2.25.3", CT, "CT", shape[1], shape[2], spacing_mm[1:], spacing_mm[0], orientation, slices
    )


def multi_frame(single: SeriesSource, skipped: int = 0) -> SeriesSource:
    """Return the same slices as frames of one object, of which the first `skipped` belong to something else."""
    slices = tuple(SliceSource("2.25.99", k + 1 + skipped, found.position_mm) for k, found in enumerate(single.slices))
    return replace(single, sop_class_uid=ENHANCED_MR, modality="MR", slices=slices)


def series_of(files: Sequence[Path]) -> SeriesSource:
    """Return what real files say of their series, sorted along its normal."""
    found = [pydicom.dcmread(path, stop_before_pixels=True) for path in files]
    first = found[0]
    orientation = [float(value) for value in first.ImageOrientationPatient]
    normal = np.cross(orientation[:3], orientation[3:])
    found.sort(key=lambda header: float(normal @ np.array(header.ImagePositionPatient, dtype=float)))
    slices = tuple(
        SliceSource(header.SOPInstanceUID, 0, tuple(float(value) for value in header.ImagePositionPatient))
        for header in found
    )
    rows_mm, columns_mm = (float(value) for value in first.PixelSpacing)
    a, b, c, d, e, f = orientation
    return SeriesSource(
        str(first.StudyInstanceUID),
        str(first.SeriesInstanceUID),
        str(first.FrameOfReferenceUID),
        str(first.SOPClassUID),
        str(first.Modality),
        int(first.Rows),
        int(first.Columns),
        (rows_mm, columns_mm),
        float(first.SliceThickness),
        (a, b, c, d, e, f),
        slices,
    )


def affine_of(source: SeriesSource) -> np.ndarray[Any, Any]:
    """Return the affine from (slice, row, column) to LPS."""
    affine = np.eye(4)
    first, last = np.array(source.slices[0].position_mm), np.array(source.slices[-1].position_mm)
    affine[:3, 0] = (last - first) / max(len(source.slices) - 1, 1)
    if len(source.slices) == 1:
        affine[:3, 0] = np.cross(source.orientation[:3], source.orientation[3:])
    affine[:3, 1] = np.array(source.orientation[3:]) * source.pixel_spacing_mm[0]
    affine[:3, 2] = np.array(source.orientation[:3]) * source.pixel_spacing_mm[1]
    affine[:3, 3] = first
    return affine


def image_of(source: SeriesSource, path: Path, axes: tuple[int, int, int] = (2, 1, 0)) -> Path:
    """Write an empty image on the grid of a series, its axes in any order of (slice, row, column)."""
    shape = (len(source.slices), source.rows, source.columns)
    affine = LPS_TO_RAS @ affine_of(source)[:, [*axes, 3]]
    path.parent.mkdir(parents=True, exist_ok=True)
    nibabel.Nifti1Image(np.zeros([shape[axis] for axis in axes], np.int16), affine).to_filename(path)
    return path


def random_mask(grid: Grid, seed: int = 0) -> np.ndarray[Any, Any]:
    """Return a (Z, Y, X) mask of the scheme's labels, with islands and holes everywhere."""
    values = np.array([0, *SCHEME.values], dtype=np.uint8)
    return np.random.default_rng(seed).choice(values, grid.shape)


def mask_case(
    folder: Path, source: SeriesSource | None, image: Path, name: str = "a", **changes: Any
) -> tuple[DatasetCase, np.ndarray[Any, Any], Grid]:
    """Return a case with a random mask, the mask (Z, Y, X), and its grid."""
    grid = read_grid(image)
    mask = random_mask(grid)
    path = folder / f"{name}_mask.nii.gz"
    write_mask(path, mask, image, grid)
    made = Annotation(1, name, "organs", 1, "ann", MADE, 60.0, None, None, mask=path)
    case = Case(name, f"s-{name}", Split.TRAINING, CaseState.ACCEPTED, (image,))
    return DatasetCase(case, {"organs": replace(made, **changes)}, sources=(source,)), mask, grid


def dataset_of(*cases: DatasetCase) -> Dataset:
    """Return a dataset of mask cases."""
    return Dataset("set", {"organs": TASK}, cases)


def labels_at(points: np.ndarray[Any, Any], mask: np.ndarray[Any, Any], grid: Grid) -> np.ndarray[Any, Any]:
    """Return the label at each LPS point (N, 3) by the nearest voxel of the mask; 0 outside."""
    index = np.rint((points - grid.affine[:3, 3]) @ np.linalg.inv(grid.affine[:3, :3]).T).astype(int)
    inside = ((index >= 0) & (index < grid.shape)).all(axis=1)
    found = np.zeros(len(points), dtype=np.uint8)
    found[inside] = mask[tuple(index[inside].T)]
    return found
