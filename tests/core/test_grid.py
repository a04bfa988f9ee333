import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.core.grid import Grid, closest_world_axes
from napari_medal.errors import GeometryError
from tests.core.grids import grids


def _scaled(*spacing: float) -> np.ndarray:
    return np.diag([*spacing, 1.0])


@pytest.mark.parametrize(
    ("shape", "affine", "complaint"),
    [
        ((2, 2), np.eye(4), r"three axes .* found shape \(2, 2\)"),
        ((2, 0, 2), np.eye(4), r"at least one voxel; found shape \(2, 0, 2\)"),
        ((2, 2, 2), np.eye(3), r"finite \(4, 4\) affine"),
        ((2, 2, 2), np.full((4, 4), np.nan), r"finite \(4, 4\) affine"),
        ((2, 2, 2), np.diag([1.0, 0.0, 1.0, 1.0]), "singular"),
    ],
)
def test_impossible_grids_are_refused(shape: tuple[int, int, int], affine: np.ndarray, complaint: str) -> None:
    with pytest.raises(GeometryError, match=complaint):
        Grid(shape, affine)


def test_the_properties_of_a_simple_grid() -> None:
    affine = np.array([[0, 0, 0.5, 10], [0, 0.5, 0, 20], [3, 0, 0, -30], [0, 0, 0, 1]], dtype=float)
    grid = Grid((4, 5, 6), affine)
    assert grid.spacing_mm == (3.0, 0.5, 0.5)
    assert grid.origin_mm == (10.0, 20.0, -30.0)
    assert grid.orientation == "SPL"
    assert grid.obliquity_degrees == 0.0
    assert grid.voxel_volume_mm3 == pytest.approx(0.75)
    assert not grid.is_planar
    assert str(grid) == "4x5x6 voxels of 3x0.5x0.5 mm, SPL, origin (10, 20, -30) mm"


def test_a_single_slice_is_planar() -> None:
    assert Grid((1, 5, 6), np.eye(4)).is_planar


def test_the_affine_cannot_be_changed() -> None:
    grid = Grid((2, 2, 2), np.eye(4))
    with pytest.raises(ValueError, match="read-only"):
        grid.affine[0, 0] = 2.0


@given(grids())
def test_spacing_and_direction_make_the_affine(grid: Grid) -> None:
    np.testing.assert_allclose(grid.direction * grid.spacing_mm, grid.affine[:3, :3], atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(grid.direction, axis=0), 1.0)
    assert grid.voxel_volume_mm3 == pytest.approx(float(np.prod(grid.spacing_mm)))


@given(grids())
def test_every_array_axis_follows_a_world_axis_of_its_own(grid: Grid) -> None:
    assert sorted(closest_world_axes(grid.affine)) == [0, 1, 2]
    assert {frozenset("LR"), frozenset("AP"), frozenset("IS")} == {
        pair for letter in grid.orientation for pair in map(frozenset, ("LR", "AP", "IS")) if letter in pair
    }


def test_a_strongly_oblique_grid_still_has_three_axes() -> None:
    affine = np.eye(4)
    affine[:3, :3] = [[0.8, 0.7, 0.0], [0.6, -0.5, 0.5], [0.0, 0.5, 0.8]]
    assert np.abs(affine[:3, :3]).argmax(axis=0).tolist() == [0, 0, 2]
    assert closest_world_axes(affine) in {(0, 1, 2), (1, 0, 2)}


def test_obliquity_is_the_largest_tilt() -> None:
    angle = np.radians(12.0)
    affine = np.eye(4)
    affine[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    assert Grid((2, 2, 2), affine).obliquity_degrees == pytest.approx(12.0)


@given(grids())
def test_world_positions_are_those_of_the_affine(grid: Grid) -> None:
    last = np.array([n - 1 for n in grid.shape], dtype=float)
    np.testing.assert_allclose(grid.to_world(np.zeros(3)), grid.origin_mm)
    np.testing.assert_allclose(grid.to_world(last), (grid.affine @ [*last, 1.0])[:3], atol=1e-9)
    both = grid.to_world(np.stack([np.zeros(3), last])[None])
    assert both.shape == (1, 2, 3)
    np.testing.assert_allclose(both[0, 1], grid.to_world(last))


@given(grids())
def test_a_grid_matches_itself_and_no_shifted_one(grid: Grid) -> None:
    shifted = grid.affine.copy()
    shifted[0, 3] += 0.01
    assert grid.matches(Grid(grid.shape, grid.affine.copy()))
    assert not grid.matches(Grid(grid.shape, shifted))
    assert grid.matches(Grid(grid.shape, shifted), tolerance_mm=0.02)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_another_shape_or_a_slightly_longer_voxel_does_not_match(axis: int) -> None:
    grid = Grid((50, 50, 50), np.eye(4))
    shape = [50, 50, 50]
    shape[axis] = 51
    spacing = [1.0, 1.0, 1.0]
    spacing[axis] = 1.0001
    assert not grid.matches(Grid((shape[0], shape[1], shape[2]), np.eye(4)))
    assert not grid.matches(Grid(grid.shape, _scaled(*spacing)))


@given(grids(), st.sampled_from([0, 1, 2]))
def test_a_flipped_grid_does_not_match_unless_it_has_one_slice(grid: Grid, axis: int) -> None:
    flipped = grid.affine.copy()
    flipped[:3, axis] *= -1
    assert grid.matches(Grid(grid.shape, flipped)) == (grid.shape[axis] == 1)
