import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.core.window import CT_PRESETS, Window, robust_window

_LEVELS = st.floats(-2000, 2000)
_WIDTHS = st.floats(1, 4000)
_PIXELS = st.floats(-2000, 2000)


@given(_LEVELS, _WIDTHS)
def test_level_and_width_make_a_window_and_come_out_of_it(level, width):
    window = Window.of(level, width)
    assert window.low < window.high
    assert window.level == pytest.approx(level, abs=1e-6)
    assert window.width == pytest.approx(width, abs=1e-6)


@given(_LEVELS, _WIDTHS, _PIXELS, _PIXELS)
def test_a_drag_never_turns_a_window_inside_out(level, width, right, down):
    dragged = Window.of(level, width).dragged(right, down)
    assert dragged.width > 0


@given(_LEVELS, _WIDTHS, st.floats(1, 1000))
def test_right_is_wider_and_down_is_darker(level, width, pixels):
    window = Window.of(level, width)
    assert window.dragged(pixels, 0).width > window.width
    assert window.dragged(pixels, 0).level == pytest.approx(window.level)
    assert window.dragged(0, pixels).level > window.level
    assert window.dragged(0, pixels).width == pytest.approx(window.width)
    assert window.dragged(0, 0).low == pytest.approx(window.low)


def test_presets_show_their_tissue():
    windows = {preset.title: preset.window for preset in CT_PRESETS}
    assert (windows["Brain"].low, windows["Brain"].high) == (0.0, 80.0)
    assert windows["Lung"].low == -1350.0
    for tissue, hounsfield in (("Bone", 700), ("Liver", 60), ("Soft tissue", 50), ("Lung", -800)):
        assert windows[tissue].low < hounsfield < windows[tissue].high
    assert len(windows) == 5


def test_air_does_not_count_and_a_few_bright_voxels_neither():
    image = np.zeros((20, 50, 50), dtype=np.int16)
    image[:, 10:40, 10:40] = np.arange(20 * 900).reshape(20, 30, 30) % 1000 + 100
    image[0, 10, 10] = 30_000
    window = robust_window(image)
    assert 100 <= window.low < 130
    assert 1050 < window.high <= 1100


@given(st.integers(-1000, 1000))
def test_a_flat_image_has_a_window_too(value):
    window = robust_window(np.full((2, 3, 4), value, dtype=np.int16))
    assert window.low == value
    assert window.high > window.low


@pytest.mark.parametrize(
    ("array", "wanted"),
    [
        (np.full((3, 3, 3), 7), (7.0, 8.0)),
        (np.r_[np.zeros(700), np.full(43, 5)].reshape(-1, 1, 1), (5.0, 6.0)),
        (np.r_[np.full(500, -1000), np.arange(101)].reshape(-1, 1, 1), (1.0, 99.5)),
    ],
)
def test_windows_leave_air_out(array: np.ndarray, wanted: tuple[float, float]) -> None:
    assert (robust_window(array).low, robust_window(array).high) == pytest.approx(wanted)
