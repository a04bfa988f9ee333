from pathlib import Path
from typing import Any

import pytest

from napari_medal.errors import FormatError
from napari_medal.io.own_words import OwnWords

PATH = Path("dataset.json")


def test_sets_of_others_say_nothing() -> None:
    assert OwnWords.of({"labels": {"background": 0}}, PATH) == OwnWords()


def test_only_cases_that_are_listed_lose_their_ending() -> None:
    own = OwnWords.of({"napari_medal": {"predicted": ["a_predicted"]}}, PATH)
    assert (own.case_of("a_predicted"), own.case_of("b_predicted")) == ("a", "b_predicted")
    assert (bool(own.draft_of("a_predicted")), own.draft_of("a"), own.undrawn) == (True, "", None)


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        {"label_values": {"a": 0}},
        {"label_values": {"a": 256}},
        {"label_values": {"a": True}},
        {"label_values": [1]},
        {"predicted": "a"},
        {"undrawn": [1]},
    ],
)
def test_what_we_never_write_is_refused(wrong: Any) -> None:
    with pytest.raises(FormatError, match=r"dataset\.json: found"):
        OwnWords.of({"napari_medal": wrong}, PATH)
