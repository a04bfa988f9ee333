"""The strip of slices, alone."""

import pytest
from qtpy.QtCore import QPoint, Qt

from napari_medal.gui.panels.slice_strip import SliceStrip


@pytest.fixture
def strip(qtbot) -> SliceStrip:
    strip = SliceStrip()
    qtbot.addWidget(strip)
    strip.resize(400, strip.sizeHint().height())
    strip.show_slices(40, [0.0] * 30 + [0.8] * 10, {35})
    strip.show()
    return strip


def test_a_click_goes_to_the_slice_under_it(strip, qtbot):
    asked = []
    strip.slice_requested.connect(asked.append)
    for x in (0, 5, 205, 399):
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(x, 15))
    assert asked == [0, 0, 20, 39]


def test_arrows_step_and_stop_at_the_ends(strip, qtbot):
    asked = []
    strip.slice_requested.connect(asked.append)
    qtbot.keyClick(strip, Qt.Key.Key_Left)
    strip.show_current(39)
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    qtbot.keyClick(strip, Qt.Key.Key_Left)
    assert asked == [38]


def test_a_slice_is_described_in_words(strip):
    strip.show_seen({34})
    strip.show_confirmed({34})
    assert strip.describe(34) == "Slice 35 of 40 · uncertainty 0.80 · looked at · confirmed"
    assert strip.describe(35) == "Slice 36 of 40 · uncertainty 0.80 · worth looking at · not looked at yet"


def test_uncertain_slices_are_orange_and_marks_lie_below(strip):
    strip.show_seen({2})
    strip.show_confirmed({3})
    picture = strip.grab().toImage()
    ratio = picture.width() / 400
    height = picture.height()

    def color(index: int, y: int):
        return picture.pixelColor(int((index * 10 + 5) * ratio), y)

    middle = height // 2
    assert color(37, middle).blue() < color(10, middle).blue() - 80
    assert color(2, height - 6).red() < color(10, height - 6).red() - 80
    assert color(3, height - 2).red() < color(10, height - 2).red() - 80


def test_an_empty_strip_asks_for_nothing(strip, qtbot):
    asked = []
    strip.slice_requested.connect(asked.append)
    strip.show_slices(0, (), ())
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(200, 15))
    strip.grab()
    assert asked == []
