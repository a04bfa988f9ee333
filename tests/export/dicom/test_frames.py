from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from napari_medal.core.grid import Grid
from napari_medal.core.reorientation import Reorientation
from napari_medal.core.series_source import SeriesSource
from napari_medal.errors import ExportError
from napari_medal.export.dicom.frames import Frames
from napari_medal.io.nifti import read_grid
from tests.export.dicom.series import affine_of, image_of, labels_at, random_mask, series

ROTATIONS = st.builds(
    lambda angles: Rotation.from_euler("xyz", angles, degrees=True).as_matrix(),
    st.tuples(*[st.floats(-180, 180, allow_nan=False)] * 3),
)


def canonical_grid(source: SeriesSource) -> Grid:
    return Reorientation.of(Grid((len(source.slices), source.rows, source.columns), affine_of(source))).canonical


def points_of(frames: Frames) -> np.ndarray[Any, Any]:
    _, rows, columns = frames.array.shape
    pixels = np.stack(np.mgrid[:rows, :columns], axis=-1).reshape(-1, 2).astype(float)
    return np.concatenate([frames.world_mm(frame, pixels) for frame in range(len(frames.array))])


@given(ROTATIONS, st.booleans(), st.integers(1, 4))
def test_every_pixel_lies_where_its_voxel_lay_whatever_the_direction(rotation: Any, down: bool, slices: int) -> None:
    source = series((slices, 4, 3), rotation=rotation, downwards=down)
    grid = canonical_grid(source)
    mask = random_mask(grid)
    frames = Frames.of(mask, grid, source)
    assert frames.slices == source.slices
    assert frames.array.shape == (slices, 4, 3)
    assert np.array_equal(frames.positions_mm, [slice_.position_mm for slice_ in source.slices])
    assert np.array_equal(frames.array.ravel(), labels_at(points_of(frames), mask, grid))


@pytest.mark.parametrize("axes", list(permutations(range(3))))
def test_the_order_of_the_axes_of_the_image_does_not_matter(axes: tuple[int, int, int], tmp_path: Path) -> None:
    source = series()
    grid = read_grid(image_of(source, tmp_path / "a.nii.gz", axes))
    mask = random_mask(grid)
    frames = Frames.of(mask, grid, source)
    assert len(frames.slices) == 5
    assert np.array_equal(frames.array.ravel(), labels_at(points_of(frames), mask, grid))


@pytest.mark.parametrize("spacing_mm", [(1.0, 0.7, 0.9), (2.5, 0.7, 0.9001)])
def test_a_resampled_image_keeps_its_own_grid_in_the_same_place(spacing_mm: tuple[float, float, float]) -> None:
    turned = Rotation.from_euler("xyz", (20, 10, 5), degrees=True).as_matrix()
    source = series((5, 70, 600), rotation=turned)
    grid = canonical_grid(series((9, 70, 600), spacing_mm, turned))
    mask = random_mask(grid)
    frames = Frames.of(mask, grid, source)
    assert frames.slices == ()
    assert np.allclose(frames.spacing_mm, spacing_mm)
    assert np.array_equal(frames.array.ravel(), labels_at(points_of(frames), mask, grid))


def test_a_slice_that_lies_a_little_beside_is_still_the_slice_and_one_that_lies_further_is_not() -> None:
    source = series()
    grid = canonical_grid(source)
    for beside_mm, slices in ((0.01, 5), (0.1, 0)):
        x, y, z = source.slices[2].position_mm
        moved = replace(source.slices[2], position_mm=(x, y, z + beside_mm))
        jittered = replace(source, slices=(*source.slices[:2], moved, *source.slices[3:]))
        assert len(Frames.of(random_mask(grid), grid, jittered).slices) == slices


def test_a_sheared_image_is_refused() -> None:
    source = series()
    affine = affine_of(source)
    affine[1, 0] = 0.5
    grid = Reorientation.of(Grid((5, 7, 6), affine)).canonical
    with pytest.raises(ExportError, match="sheared"):
        Frames.of(random_mask(grid), grid, source)


def test_a_resampled_image_without_a_frame_of_reference_is_refused() -> None:
    source = replace(series(), frame_of_reference_uid="")
    grid = canonical_grid(series(spacing_mm=(1.0, 1.0, 1.0)))
    with pytest.raises(ExportError, match="no frame of reference"):
        Frames.of(random_mask(grid), grid, source)
