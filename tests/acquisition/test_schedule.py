from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.acquisition.schedule import Schedule

SCHEDULE = Schedule()


@pytest.mark.parametrize(
    ("total", "explore"), [(4, 2), (10, 5), (24, 12), (100, 12), (140, 14), (300, 30), (10_000, 50)]
)
def test_the_first_stage_fits_the_project(total, explore):
    assert SCHEDULE.explore_labels(total) == explore


def test_the_noise_fades_exponentially():
    betas = [SCHEDULE.beta(labelled, 100) for labelled in (0, 12, 36, 60, 100)]
    assert betas == pytest.approx([1.0, 1.0, 10.0, 100.0, 100.0])
    assert replace(SCHEDULE, beta_last=1.0).beta(100, 100) == 1.0


@given(total=st.integers(1, 2000), run=st.floats(0, 1))
def test_the_labels_at_which_so_much_has_run(total, run):
    labels = SCHEDULE.labels_at(run, total)
    assert SCHEDULE.run(labels, total) >= run - 1e-9
    assert run == 0 or SCHEDULE.run(labels - 1, total) < run
