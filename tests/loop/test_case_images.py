"""The next case, read ahead."""

import nibabel as nib
import numpy as np
import pytest

from napari_medal.core.case import Case, CaseState, Split
from napari_medal.engine.scratch import Scratch
from napari_medal.errors import FormatError
from napari_medal.io.installed import installed_files
from napari_medal.loop.case_images import ReadAhead


@pytest.fixture
def scratch(tmp_path):
    return Scratch(tmp_path / "cache")


@pytest.fixture
def ahead(scratch):
    ahead = ReadAhead(installed_files(), scratch)
    yield ahead
    ahead.close()


@pytest.fixture
def cases(tmp_path):
    made = []
    for number in range(2):
        path = tmp_path / f"case_{number}.nii.gz"
        nib.save(nib.Nifti1Image(np.full((3, 4, 5), number, np.int16) + np.eye(4)[0, :1, None, None], np.eye(4)), path)
        made.append(Case(f"case_{number}", "s", Split.UNDRAWN, CaseState.NEW, (path,)))
    return made


def test_what_was_read_ahead_needs_no_file_any_more_and_is_given_once(ahead, cases):
    ahead.prepare(cases[0])
    ahead._images.result()
    cases[0].images[0].unlink()

    images = ahead.take(cases[0])

    assert images.volumes[0].array.shape == (5, 4, 3)
    assert images.ranges == ((1.0, 1.0),)
    with pytest.raises(FormatError):
        ahead.take(cases[0])


def test_another_case_than_the_one_read_ahead_comes_from_its_files(ahead, cases):
    ahead.prepare(cases[0])
    assert ahead.take(cases[1]).ranges == ((2.0, 2.0),)


def test_only_the_last_case_is_kept(ahead, cases):
    ahead.prepare(cases[0])
    ahead.prepare(cases[1])
    ahead._images.result()
    for case in cases:
        case.images[0].unlink()

    assert ahead.take(cases[1]).ranges == ((2.0, 2.0),)
    with pytest.raises(FormatError):
        ahead.take(cases[0])


def test_what_cannot_be_read_is_told_when_it_is_taken(ahead, cases):
    cases[0].images[0].write_bytes(b"no image")
    ahead.prepare(cases[0])
    with pytest.raises(FormatError, match="case_0"):
        ahead.take(cases[0])


def test_a_case_that_was_read_once_is_mapped_until_its_file_changes(ahead, scratch, cases):
    first = ahead.take(cases[0])
    ahead._executor.submit(lambda: None).result()
    again = ReadAhead(installed_files(), scratch)
    mapped = again.take(cases[0])
    assert isinstance(mapped.volumes[0].array, np.memmap)
    assert (mapped.volumes[0].array == first.volumes[0].array).all()
    assert mapped.volumes[0].grid.matches(first.volumes[0].grid)
    assert (mapped.windows, mapped.ranges) == (first.windows, first.ranges)

    path = cases[0].images[0]
    nib.save(nib.Nifti1Image(np.full((3, 4, 6), 9, np.int16), np.eye(4)), path)
    assert again.take(cases[0]).ranges == ((9.0, 9.0),)
    again.close()


def test_a_full_cache_only_costs_time(cases, tmp_path):
    ahead = ReadAhead(installed_files(), Scratch(tmp_path / "cache", budget_bytes=10))
    for _ in range(2):
        assert ahead.take(cases[0]).ranges == ((1.0, 1.0),)
        ahead._executor.submit(lambda: None).result()
    assert not list((tmp_path / "cache").glob("*.npz"))
    ahead.close()
