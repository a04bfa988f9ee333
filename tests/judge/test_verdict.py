"""The statistics of the judge, on courses whose truth is known."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.active_learning.arms import ARMS
from benchmarks.active_learning.course import Course, Pick, Quality, Round
from benchmarks.active_learning.pieces import place
from benchmarks.active_learning.report import report
from benchmarks.active_learning.sets import SETS
from benchmarks.active_learning.verdict import contrasts, ratio, reached


def _course(figures: list[float], minutes_a_round: float = 10.0) -> Course:
    rounds = [
        Round(number, 4 + 4 * number, minutes_a_round * number, figure, number + 1, 1.0)
        for number, figure in enumerate(figures)
    ]
    return Course(tuple(rounds), (), ())


def _noisy(seed: int, gain: float = 0.0) -> dict[int, Course]:
    random = np.random.default_rng(seed)
    return {s: _course([0.7, *(0.75 + gain + 0.01 * random.standard_normal() for _ in range(3))]) for s in range(8)}


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    course = Course(
        (Round(0, 4, 0.0, 0.75, 1, 3.5), Round(1, 8, 12.25, 0.8, 2, 7.0)),
        (Pick(1, "case_7", 61.5, 0.5, 'doubtful, "very"'),),
        (Quality(1, "entropy", 0.5, 0.25, float("nan")),),
    )
    assert Course.read(tmp_path) is None
    course.write(tmp_path)
    found = Course.read(tmp_path)
    assert found is not None
    assert (found.rounds, found.picks) == (course.rounds, course.picks)
    assert math.isnan(found.quality[0].slices)


def test_a_clear_gain_is_better_and_a_clear_loss_worse() -> None:
    found = contrasts({"base": _noisy(0), "good": _noisy(1, 0.1), "bad": _noisy(2, -0.1)}, "base")
    assert found["good"].verdict == "better"
    assert found["bad"].verdict == "worse"
    assert found["good"].p == pytest.approx(2 / 2**8)
    assert found["good"].adjusted == pytest.approx(4 / 2**8)
    assert found["good"].not_inferior
    assert not found["bad"].not_inferior


def test_random_against_random_is_called_different_about_once_in_twenty() -> None:
    verdicts = [contrasts({"a": _noisy(2 * n), "b": _noisy(2 * n + 1)}, "a")["b"].verdict for n in range(120)]
    called = np.mean([verdict != "inconclusive" for verdict in verdicts])
    assert 0.01 < called < 0.1


def test_seeds_that_only_one_arm_has_do_not_count() -> None:
    base, arm = _noisy(0), _noisy(1, 0.1)
    del arm[3], base[5]
    assert contrasts({"base": base, "arm": arm}, "base")["arm"].seeds == 6


def test_a_cheaper_arm_wins_by_minutes_alone() -> None:
    figures = [0.7, 0.74, 0.77, 0.79]
    base = {seed: _course([f + 0.001 * seed for f in figures]) for seed in range(8)}
    cheap = {seed: _course([f + 0.001 * seed for f in figures], minutes_a_round=5.0) for seed in range(8)}
    found = contrasts({"base": base, "cheap": cheap}, "base")["cheap"]
    assert found.labels.value == pytest.approx(0.0)
    assert found.verdict_by_minutes == "better"
    assert ratio(cheap, base, 0.77).value == pytest.approx(0.5)


def test_what_is_needed_lies_between_rounds_and_noise_does_not_turn_back() -> None:
    assert reached([_course([0.7, 0.8, 0.9])], 0.85, by_minutes=False) == pytest.approx(10.0)
    assert reached([_course([0.7, 0.8, 0.9])], 0.85, by_minutes=True) == pytest.approx(15.0)
    assert reached([_course([0.7, 0.8, 0.9])], 0.6, by_minutes=False) == pytest.approx(4.0)
    assert reached([_course([0.7, 0.8, 0.9])], 0.95, by_minutes=False) == math.inf
    assert reached([_course([0.7, 0.9, 0.7])], 0.85, by_minutes=False) == math.inf, "a lucky round is smoothed away"


@given(st.lists(st.floats(0.5, 1.0), min_size=3, max_size=6), st.floats(0.5, 1.0), st.floats(0.5, 1.0))
def test_more_is_never_reached_sooner(figures: list[float], first: float, second: float) -> None:
    courses = [_course(figures)]
    low, high = sorted((first, second))
    assert reached(courses, low, by_minutes=True) <= reached(courses, high, by_minutes=True)


def test_an_arm_that_never_gets_there_is_infinitely_slow_and_a_baseline_that_does_not_says_nothing() -> None:
    base = {seed: _course([0.7, 0.8, 0.9]) for seed in range(4)}
    poor = {seed: _course([0.7, 0.7, 0.7]) for seed in range(4)}
    assert ratio(poor, base, 0.85).value == math.inf
    assert math.isnan(ratio(base, poor, 0.85).value)


def test_the_report_has_a_row_for_each_arm(tmp_path: Path) -> None:
    data = SETS["hippocampus"]
    for name, gain in (("random", 0.0), ("default", 0.05)):
        for seed, course in _noisy(1, gain).items():
            course.write(place(tmp_path, data, ARMS[name], seed))
    (tmp_path / "hippocampus" / "full-0.txt").write_text("0.8\n", encoding="utf-8")
    text = report(data, tmp_path)
    assert "Whole pool: 0.800" in text
    assert "| default | 8 |" in text
    assert "| random | 8 |" in text
    assert "better" in text
    assert "Nothing of the baseline" in report(SETS["phantom"], tmp_path)
