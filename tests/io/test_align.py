from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from napari_medal.core.file_note import FileNote, NoteKind, Verdict
from napari_medal.core.grid import Grid
from napari_medal.core.reader import CloseLook
from napari_medal.core.series_source import SeriesSource
from napari_medal.core.volume import Volume
from napari_medal.io.align import Aligned, align
from napari_medal.io.resample import resample

FIRST, SECOND = Path("t1.nii"), Path("flair.nii")


def grid(shape: tuple[int, int, int], spacing_mm: float = 1.0, x_mm: float = 0.0) -> Grid:
    affine = np.diag([spacing_mm, spacing_mm, spacing_mm, 1.0])[[2, 1, 0, 3]]
    affine[0, 3] = x_mm
    return Grid(shape, affine)


def look(of: Grid, frame: str = "") -> CloseLook:
    array = np.random.default_rng(0).normal(size=of.shape).astype(np.float32)
    source = SeriesSource("1", "2", frame, "3", "MR", 1, 1, (1.0, 1.0), None, (1.0, 0, 0, 0, 1, 0), ())
    return CloseLook((Volume(array, of),), source=source if frame else None)


def aligned(first: CloseLook, second: CloseLook, repair: bool = False) -> Aligned:
    found = align(first, FIRST, second, SECOND, repair)
    assert found.note is None or ("t1.nii" in found.note.words and "flair.nii" in found.note.words)
    return found


def test_the_same_grid_is_left_alone() -> None:
    second = look(grid((5, 6, 7)))
    found = aligned(look(grid((5, 6, 7))), second)
    assert found.note is None
    assert found.volumes is second.volumes


def test_another_grid_in_the_same_space_is_interpolated() -> None:
    first, second = look(grid((10, 12, 14))), look(grid((6, 7, 8), 2.0, -1.0))
    found = aligned(first, second)
    assert found.note is not None
    assert (found.note.kind, found.note.verdict) == (NoteKind.OTHER_GRID, Verdict.REPAIRED)
    (volume,) = found.volumes
    assert volume.grid is first.volumes[0].grid
    np.testing.assert_array_equal(volume.array, resample(second.volumes[0], volume.grid).array)


@pytest.mark.parametrize("repair", [False, True])
def test_what_hardly_overlaps_is_refused(repair: bool) -> None:
    found = aligned(look(grid((10, 10, 10))), look(grid((10, 10, 10), x_mm=7.0)), repair)
    assert found.note is not None
    assert found.note.verdict is Verdict.REFUSED
    assert found.volumes == ()


def test_what_says_no_positions_is_refused() -> None:
    nowhere = FileNote(NoteKind.NO_GEOMETRY, Verdict.NOTED, "none")
    first, second = look(grid((10, 10, 10))), look(grid((10, 10, 12)))
    for one, other in ((replace(first, notes=(nowhere,)), second), (first, replace(second, notes=(nowhere,)))):
        note = aligned(one, other, repair=True).note
        assert note is not None
        assert note.verdict is Verdict.REFUSED
    picture = aligned(look(grid((1, 10, 10))), look(grid((1, 10, 12))))
    assert picture.note is not None
    assert picture.note.verdict is Verdict.REFUSED


def test_other_frames_of_reference_are_joined_only_when_asked() -> None:
    first, second = look(grid((10, 10, 10)), "1.2"), look(grid((10, 10, 11)), "1.3")
    refused = aligned(first, second)
    assert refused.note is not None
    assert refused.note.verdict is Verdict.REPAIRABLE
    assert refused.volumes == ()
    assert len(aligned(first, second, repair=True).volumes) == 1
    assert len(aligned(first, look(grid((10, 10, 11)), "1.2")).volumes) == 1
