import re
from typing import Any

import pytest

from napari_medal.core.asking import PLAINLY, Asking, Mirror
from napari_medal.errors import SettingsError


def test_nothing_is_asked_twice_by_default() -> None:
    assert (PLAINLY.dropout_passes, PLAINLY.augmented, PLAINLY.mirror) == (0, 0, ())


@pytest.mark.parametrize(
    ("chosen", "complaint"),
    [
        ({"dropout_passes": -1}, "asking.dropout_passes: found -1; wanted 0 to 100"),
        ({"augmented": 101}, "asking.augmented: found 101; wanted 0 to 100"),
        ({"seed": -1}, "asking.seed: found -1; wanted 0 or more"),
        ({"mirror": (Mirror.LEFT_RIGHT,) * 2}, "asking.mirror: found left-right, left-right; wanted each side once"),
    ],
)
def test_impossible_ways_are_refused_by_name(chosen: dict[str, Any], complaint: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(complaint)):
        Asking(**chosen)
