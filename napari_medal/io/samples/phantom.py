"""A cohort made in code: small heads with a curved structure in two parts, some of them atrophic."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_medal.atomic import write_text_atomic
from napari_medal.core.grid import Grid
from napari_medal.core.labels import PALETTE, LabelClass, LabelScheme
from napari_medal.core.progress import Progress
from napari_medal.io.nifti_file import write_nifti
from napari_medal.io.samples.anatomy import Anatomy, grow_anatomy
from napari_medal.types import Affine, FloatArray

PARTS = LabelScheme((LabelClass(1, "anterior", PALETTE[0]), LabelClass(2, "posterior", PALETTE[1])))
"""What the masks of a phantom cohort show."""
CLASSES = LabelScheme((LabelClass(0, "normal", PALETTE[2]), LabelClass(1, "atrophic", PALETTE[5])))
"""What the table of a phantom cohort says."""

_T1 = (0.02, 0.80, 0.12, 0.20, 0.55, 0.86, 0.60, 0.62)
_T2 = (0.02, 0.45, 0.10, 1.00, 0.62, 0.40, 0.60, 0.66)
_FLAIR = (0.02, 0.55, 0.12, 0.12, 0.66, 0.48, 0.70, 0.76)
"""Intensity of each tissue, by its value, in the three contrasts."""
_CONTRASTS = np.array((_T1, _T2, _FLAIR), dtype=np.float32)
_CONTRAST_SHARES = (0.7, 0.15, 0.15)
_ORIENTATIONS = ("RAS", "LAS", "LPS", "PSR", "AIL", "SRA")
_HARD_SHARE = 0.15


@dataclass(frozen=True)
class PhantomCohort:
    """Where a phantom cohort lies: folders of images and masks of equal names, and a table of classes."""

    images: Path
    labels: Path
    classes: Path


def write_phantoms(
    folder: Path, cases: int, seed: int, progress: Progress, shape: tuple[int, int, int] = (40, 56, 40)
) -> PhantomCohort:
    """Write a cohort of `cases` images about `shape` (z, y, x) voxels large; equal seeds give equal files."""
    cohort = PhantomCohort(folder / "images", folder / "labels", folder / "classes.csv")
    rows = ["case,class"]
    for index in range(cases):
        progress.step(index, cases, f"Making phantom {index + 1} of {cases}")
        name = f"case_{index:03d}"
        atrophic = _write_case(cohort, name, np.random.default_rng((seed, index)), shape)
        rows.append(f"{name},{CLASSES.by_value(int(atrophic)).name}")
    write_text_atomic(cohort.classes, "\n".join(rows) + "\n")
    progress.step(cases, cases, f"Made {cases} phantoms")
    return cohort


def _write_case(cohort: PhantomCohort, name: str, rng: np.random.Generator, shape: tuple[int, int, int]) -> bool:
    """Write one case and tell whether it is atrophic."""
    atrophic = bool(rng.random() < 0.5)
    grid = _grid(shape, rng)
    anatomy = grow_anatomy(grid, atrophic, rng)
    image = _scanned(anatomy, grid, rng)
    orientation = str(rng.choice(_ORIENTATIONS))
    _write(cohort.images / f"{name}.nii.gz", image, grid, orientation)
    _write(cohort.labels / f"{name}.nii.gz", anatomy.labels, grid, orientation)
    return atrophic


def _grid(shape: tuple[int, int, int], rng: np.random.Generator) -> Grid:
    """Draw an anisotropic, slightly tilted canonical grid."""
    z, y, x = (int(n + change) for n, change in zip(shape, rng.integers(-2, 3, 3), strict=True))
    spacing_zyx = np.array((1.0, 0.9, 1.35)) * rng.uniform(0.95, 1.05, 3)
    tilt = np.eye(3)
    angle = np.radians(rng.normal(scale=4))
    tilt[1:, 1:] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    affine: Affine = np.eye(4)
    affine[:3, :3] = tilt[:, ::-1] * spacing_zyx
    affine[:3, 3] = rng.normal(scale=20, size=3) - affine[:3, :3] @ (np.array((z, y, x)) / 2)
    return Grid((z, y, x), affine)


def _scanned(anatomy: Anatomy, grid: Grid, rng: np.random.Generator) -> npt.NDArray[np.int16]:
    """Turn tissues into what a scanner would show: contrast, texture, blur, bias field and Rician noise."""
    from scipy.ndimage import gaussian_filter

    hard = rng.random() < _HARD_SHARE
    tissues = rng.choice(_CONTRASTS, p=_CONTRAST_SHARES) * rng.uniform(0.95, 1.05, _CONTRASTS.shape[1])
    if hard:
        tissues = 0.45 + 0.55 * (tissues - 0.45)
        tissues[0] = 0.02
    clean = np.tensordot(tissues.astype(np.float32), anatomy.fractions, axes=1)
    texture = gaussian_filter(rng.standard_normal(grid.shape, dtype=np.float32), 1.0)
    blur_mm = rng.uniform(0.45, 0.65) * (1.6 if hard else 1.0)
    blurred = gaussian_filter(clean * (1 + 0.12 * texture), [blur_mm / mm for mm in grid.spacing_mm])
    biased = blurred * _bias(grid, rng)
    sigma = rng.uniform(0.015, 0.035) * (1.8 if hard else 1.0)
    real, imaginary = rng.standard_normal((2, *grid.shape), dtype=np.float32) * sigma
    noisy = np.hypot(biased + real, imaginary)
    return np.asarray(np.rint(noisy * rng.uniform(300, 3000)), dtype=np.int16)


def _bias(grid: Grid, rng: np.random.Generator) -> FloatArray:
    """Return a coil's smooth gain (Z, Y, X): a random quadratic of the position, around 1."""
    z, y, x = np.meshgrid(*[np.linspace(-1, 1, n, dtype=np.float32) for n in grid.shape], indexing="ij")
    terms = (z, y, x, z * y, y * x, z * x, z**2 - 0.33, y**2 - 0.33, x**2 - 0.33)
    weights = rng.normal(scale=0.09, size=len(terms))
    return np.asarray(np.exp(sum(weight * term for weight, term in zip(weights, terms, strict=True))), np.float32)


def _write(path: Path, array: npt.NDArray[Any], grid: Grid, orientation: str) -> None:
    """Write a canonical array as NIfTI in the axis order that three letters such as "RAS" name."""
    from nibabel import nifti1, orientations

    affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ grid.affine[:, [2, 1, 0, 3]]
    xyz = array.transpose()
    turn: Any = orientations  # nibabel's functions carry no types
    change = turn.ornt_transform(turn.io_orientation(affine), turn.axcodes2ornt(orientation))
    turned = turn.apply_orientation(xyz, change)
    header: Any = nifti1.Nifti1Header
    fields = header(endianness="<")
    fields.set_data_shape(turned.shape)
    fields.set_data_dtype(array.dtype)
    fields.set_slope_inter(1, 0)
    placed = affine @ turn.inv_ornt_aff(change, xyz.shape)
    fields.set_qform(placed, code=1)
    fields.set_sform(placed, code=1)
    fields.set_xyzt_units("mm")
    fields["vox_offset"] = 352
    write_nifti(path, fields.structarr, turned.tobytes(order="F"))
