import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.core.grid import Grid
from napari_medal.core.planes import Convention, Edges, Plane, edges, position_words

_PLANES = st.sampled_from(Plane)
_CONVENTIONS = st.sampled_from(Convention)
_OPPOSITE = {"R": "L", "L": "R", "A": "P", "P": "A", "S": "I", "I": "S"}


def _edges(plane: Plane, convention: Convention) -> Edges:
    return edges(*plane.order[1:], *plane.directions(convention))


@pytest.mark.parametrize(
    ("plane", "convention", "letters"),
    [
        (Plane.AXIAL, Convention.RADIOLOGICAL, "ALPR"),
        (Plane.CORONAL, Convention.RADIOLOGICAL, "SLIR"),
        (Plane.SAGITTAL, Convention.RADIOLOGICAL, "SPIA"),
        (Plane.AXIAL, Convention.NEUROLOGICAL, "ARPL"),
        (Plane.CORONAL, Convention.NEUROLOGICAL, "SRIL"),
        (Plane.SAGITTAL, Convention.NEUROLOGICAL, "SPIA"),
    ],
)
def test_head_and_face_are_up_and_the_left_is_where_the_convention_says(plane, convention, letters):
    shown = _edges(plane, convention)
    assert shown.top + shown.right + shown.bottom + shown.left == letters


@given(_PLANES, _CONVENTIONS)
def test_opposite_edges_are_opposite_sides(plane, convention):
    shown = _edges(plane, convention)
    assert _OPPOSITE[shown.top] == shown.bottom
    assert _OPPOSITE[shown.left] == shown.right


@given(_PLANES, _CONVENTIONS)
def test_letters_agree_with_the_grid_of_a_canonical_volume(plane, convention):
    grid = Grid((4, 5, 6), np.array([[0, 0, 1, 0], [0, 2, 0, 0], [3, 0, 0, 0], [0, 0, 0, 1]], dtype=float))
    assert grid.orientation == "SPL"
    shown = _edges(plane, convention)
    vertical, horizontal = plane.directions(convention)
    _, rows, columns = plane.order
    assert (shown.bottom if vertical == "down" else shown.top) == grid.orientation[rows]
    assert (shown.right if horizontal == "right" else shown.left) == grid.orientation[columns]


@given(_PLANES)
def test_three_steps_lead_back_and_meet_the_others(plane):
    assert plane.next.next.next is plane
    assert {plane, *plane.others} == set(Plane)
    assert sorted(plane.order) == [0, 1, 2]


@pytest.mark.parametrize(
    ("world_mm", "words"),
    [
        ((12.3, 40.12, 88.0), "L 12.3  P 40.1  S 88.0 mm"),
        ((-12.3, -40.1, -88.0), "R 12.3  A 40.1  I 88.0 mm"),
        ((-0.04, 0.0, -0.01), "L 0.0  P 0.0  S 0.0 mm"),
    ],
)
def test_a_place_is_said_in_lps(world_mm, words):
    assert position_words(world_mm) == words
