from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.acquisition.schedule import Schedule
from napari_medal.acquisition.slabs import Slab, Slabs, SliceDoubt

SURE = Schedule(beta_first=1e9, beta_last=1e9)
LABELS = ("liver", "spleen")


def case(name: str, uncertainty: np.ndarray, confirmed: tuple[int, ...] = ()) -> SliceDoubt:
    is_free = np.ones(uncertainty.shape[1], dtype=bool)
    is_free[list(confirmed)] = False
    return SliceDoubt(name, uncertainty, is_free)


def peaks(**where: tuple[int, int, float]) -> list[SliceDoubt]:
    """Cases of 30 slices; in each a class (1 liver, 2 spleen) is in doubt around one slice."""
    cases = []
    for name, (label, slice_index, height) in where.items():
        uncertainty = np.full((3, 30), 1e-4)
        uncertainty[label, slice_index - 1 : slice_index + 2] = height
        cases.append(case(name, uncertainty))
    return cases


def test_a_slab_lies_over_the_slices_in_doubt():
    slabs = Slabs(count=1, thickness=3, schedule=SURE).choose(peaks(a=(1, 12, 0.3), b=(1, 20, 0.2)), LABELS, 0, 0)
    assert [(slab.case, slab.first, slab.last) for slab in slabs] == [("a", 11, 13)]
    assert slabs[0].reason == "something uncertain on slices 12-14"
    assert dict(slabs[0].numbers)["uncertainty"] == pytest.approx(0.3 + 2e-4)


def test_labels_get_their_turns_by_their_own_uncertainty():
    cases = peaks(
        **{f"liver{n}": (1, 10, 0.5 + n / 100) for n in range(9)}, **{f"spleen{n}": (2, 10, 0.1) for n in range(9)}
    )
    slabs = Slabs(count=12, thickness=3, schedule=SURE).choose(cases, LABELS, 0, 0)
    assert Counter(slab.label for slab in slabs) == {"": 5, "liver": 4, "spleen": 3}
    assert all(slab.case.startswith(slab.label or "liver") for slab in slabs)
    spleen = next(slab for slab in slabs if slab.label == "spleen")
    assert spleen.reason.startswith("spleen uncertain on slices 10-12")
    assert dict(spleen.numbers)["uncertainty of spleen"] == pytest.approx(0.1)
    assert next(slab.label for slab in slabs if slab.label) == "liver"


def test_without_labels_all_go_by_the_whole():
    slabs = Slabs(count=4, share=0.0, schedule=SURE).choose(peaks(a=(1, 12, 0.3), b=(2, 20, 0.2)), LABELS, 0, 0)
    values = [dict(slab.numbers)["uncertainty"] for slab in slabs]
    assert values == sorted(values, reverse=True)
    assert {slab.label for slab in slabs} == {""}


def test_slices_that_are_accepted_are_left_out():
    uncertainty = np.full((3, 12), 0.1)
    uncertainty[1, 4:7] = 0.9
    slabs = Slabs(count=9, thickness=4, schedule=SURE).choose(
        [case("a", uncertainty, confirmed=(4, 5, 6, 11))], LABELS, 0, 0
    )
    assert {(slab.first, slab.last) for slab in slabs} == {(0, 3), (7, 10)}
    short = Slabs(count=9, thickness=4, schedule=SURE).choose([case("a", uncertainty, (2, 3, 8))], LABELS, 0, 0)
    assert {(slab.first, slab.last) for slab in short} == {(0, 1), (4, 7), (9, 11)}


def test_nothing_is_asked_where_nothing_is_in_doubt():
    assert Slabs().choose([case("a", np.zeros((3, 12)))], LABELS, 0, 0) == []
    assert Slabs().choose([], LABELS, 0, 0) == []
    alone = np.zeros((3, 12))
    alone[1] = 0.2
    slabs = Slabs(count=2, thickness=4, share=1.0).choose([case("a", alone)], LABELS, 0, 0)
    assert [slab.label for slab in slabs] == ["liver", ""]


def test_the_noise_fades():
    rng = np.random.default_rng(0)
    cases = [case(f"case{n}", rng.uniform(0.2, 0.4, (3, 20))) for n in range(10)]

    def found(schedule: Schedule, seed: int) -> list[Slab]:
        return Slabs(count=5, schedule=schedule).choose(cases, LABELS, 100, seed)

    loud = Schedule(beta_last=1.0)
    assert [slab.case for slab in found(SURE, 0)] == [slab.case for slab in found(SURE, 1)]
    assert found(loud, 0) == found(loud, 0)
    assert found(loud, 0) != found(loud, 1)


@given(
    cases=st.integers(1, 4),
    slices=st.integers(1, 15),
    thickness=st.integers(1, 6),
    count=st.integers(1, 9),
    labels=st.integers(0, 3),
    seed=st.integers(0, 99),
)
def test_slabs_are_free_apart_and_no_thicker_than_wanted(cases, slices, thickness, count, labels, seed):
    rng = np.random.default_rng(seed)
    doubts = [SliceDoubt(f"case{n}", rng.random((labels + 1, slices)), rng.random(slices) < 0.7) for n in range(cases)]
    names = [f"label{n}" for n in range(labels)]
    slabs = Slabs(count, thickness).choose(doubts, names, seed, seed)
    free = {found.case: found.is_free for found in doubts}
    assert len(slabs) <= count
    for slab in slabs:
        assert 0 <= slab.first <= slab.last < slices
        assert slab.last - slab.first < thickness
        assert free[slab.case][slab.first : slab.last + 1].all()
        assert np.isfinite([value for _, value in slab.numbers]).all()
    for one, other in combinations(slabs, 2):
        assert one.case != other.case or one.last < other.first or other.last < one.first
    if len(slabs) < count:
        left = {name: flags.copy() for name, flags in free.items()}
        for slab in slabs:
            left[slab.case][slab.first : slab.last + 1] = False
        longest = max(
            max(map(len, "".join("x" if flag else " " for flag in flags).split()), default=0) for flags in left.values()
        )
        assert longest < thickness
    assert Slabs(count, thickness).choose(doubts[::-1], names, seed, seed) == slabs
