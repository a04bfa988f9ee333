import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.core.edit_size import EditSize
from napari_medal.loop.reading_time import USUAL, ReadingTime, fitted
from napari_medal.metrics.edit_size import edit_size

SHAPE = (12, 20, 20)
SPACING_MM = (1.0, 1.0, 1.0)


def _box(first: int, last: int) -> np.ndarray:
    mask = np.zeros(SHAPE, dtype=np.uint8)
    mask[first:last, 4:16, 4:16] = 1
    return mask


def _seconds(shown: np.ndarray, wanted: np.ndarray, spacing_mm: tuple[float, float, float] = SPACING_MM) -> float:
    return USUAL.seconds(edit_size(shown, wanted, spacing_mm))


def test_a_right_mask_only_takes_a_look() -> None:
    assert _seconds(_box(2, 6), _box(2, 6)) == USUAL.look


def test_more_to_draw_takes_longer() -> None:
    nothing = np.zeros(SHAPE, dtype=np.uint8)
    times = [_seconds(_box(2, 2 + wrong), _box(2, 10)) for wrong in (8, 6, 2)]
    times.append(_seconds(nothing, _box(2, 10)))
    assert times == sorted(times)
    assert len(set(times)) == 4


def test_long_contours_take_longer_than_short_ones() -> None:
    nothing = np.zeros(SHAPE, dtype=np.uint8)
    assert _seconds(nothing, _box(2, 10), (1.0, 2.0, 2.0)) > _seconds(nothing, _box(2, 10), (1.0, 0.5, 0.5))


def test_a_class_is_chosen_quickly() -> None:
    assert 0 < USUAL.a_class < _seconds(np.zeros(SHAPE, np.uint8), _box(2, 10))


def _recorded(time: ReadingTime, count: int, seed: int = 0, noise: float = 0.0) -> list[tuple[EditSize, float]]:
    random = np.random.default_rng(seed)
    edits = [
        EditSize(float(random.uniform(0, 3000)), int(random.integers(0, 40)), int(random.integers(0, 20)))
        for _ in range(count)
    ]
    return [(edit, time.seconds(edit) * float(np.exp(noise * random.standard_normal()))) for edit in edits]


def test_what_was_recorded_is_found_again() -> None:
    slow = ReadingTime(look=30.0, a_mm=0.05, a_slice=3.0, a_component=8.0)
    found = fitted(_recorded(slow, 400, noise=0.1))
    assert found.fitted_on == 400
    for name in ("look", "a_mm", "a_slice"):
        assert np.isclose(getattr(found, name), getattr(slow, name), rtol=0.25), name


def test_few_recordings_change_nothing_and_pauses_do_not_count() -> None:
    slow = ReadingTime(look=60.0)
    assert fitted(_recorded(slow, 19)) == USUAL
    lunch = [(EditSize(100.0, 3, 1), 7200.0)] * 10
    assert fitted(_recorded(slow, 19) + lunch) == USUAL


@given(
    st.lists(st.tuples(st.floats(0, 1e4), st.integers(0, 300), st.integers(0, 99), st.floats(0.5, 3000)), max_size=60)
)
def test_times_are_never_negative(rows: list[tuple[float, int, int, float]]) -> None:
    found = fitted([(EditSize(length, slices, places), seconds) for length, slices, places, seconds in rows])
    assert min(found.look, found.a_mm, found.a_slice, found.a_component) >= 0.0


def test_one_kind_of_correction_leaves_the_other_guesses_standing() -> None:
    alike = [(EditSize(1000.0, 0, 0), USUAL.seconds(EditSize(1000.0, 0, 0)))] * 50
    found = fitted(alike)
    assert np.isclose(found.a_slice, USUAL.a_slice)
    assert np.isclose(found.a_component, USUAL.a_component)
