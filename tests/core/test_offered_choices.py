from dataclasses import replace

import pytest

from napari_medal.core.offered_choices import OfferedChoices
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.task_choices import TaskChoices
from napari_medal.core.verification import LearnFrom, Verification
from napari_medal.errors import SettingsError

ALONE = TaskChoices("staged", "entropy", 5, Verification.NONE, LearnFrom.ALL, ReadingMode.CONCURRENT, 3)
TWICE = replace(ALONE, verification=Verification.SECOND_READER)
VERIFIED = replace(TWICE, learn_from=LearnFrom.VERIFIED)


def _remarks(now: TaskChoices, chosen: TaskChoices, labels: int = 5, verified: int = 2) -> tuple[str, ...]:
    offered = OfferedChoices("segmentation", now, (), (), labels, verified, labels - verified, has_model=True)
    return offered.remarks_on(chosen)


@pytest.mark.parametrize(
    ("now", "chosen", "remarks"),
    [
        (ALONE, ALONE, ()),
        (ALONE, TWICE, ("3 labels that are there await a second reader, and count meanwhile.",)),
        (TWICE, TWICE, ()),
        (
            TWICE,
            ALONE,
            ("3 labels that are there await no second reader any more; what was verified stays verified.",),
        ),
        (
            ALONE,
            VERIFIED,
            (
                "3 labels that are there await a second reader before anything learns from them.",
                "Models learn from 2 of 5 labels.",
            ),
        ),
        (VERIFIED, VERIFIED, ("Models learn from 2 of 5 labels.",)),
        (
            ALONE,
            replace(ALONE, learn_from=LearnFrom.VERIFIED),
            ("Models learn from 2 of 5 labels, and nobody verifies more of them.",),
        ),
        (
            ALONE,
            replace(ALONE, audit_every=1),
            ("Every case is drawn at random, so the strategy decides nothing.",),
        ),
        (
            ALONE,
            replace(ALONE, audit_every=0),
            ("Without random cases nobody can tell how good the model is; figures that are there stay.",),
        ),
        (replace(ALONE, audit_every=0), replace(ALONE, audit_every=0, strategy="random"), ()),
    ],
)
def test_what_comes_of_a_choice_is_said(now: TaskChoices, chosen: TaskChoices, remarks: tuple[str, ...]) -> None:
    assert _remarks(now, chosen) == remarks


def test_one_label_is_spoken_of_as_one() -> None:
    assert _remarks(ALONE, TWICE, 1, 0) == ("1 label that is there awaits a second reader, and counts meanwhile.",)
    assert _remarks(ALONE, TWICE, 0, 0) == ()
    assert _remarks(TWICE, VERIFIED, 1, 0) == ("No label is verified yet, so nothing can be trained.",)


def test_scores_by_another_measure_are_made_anew_where_a_model_can() -> None:
    offered = OfferedChoices("segmentation", ALONE, (), (), 0, 0, 0, has_model=True)
    assert offered.rescores(replace(ALONE, measure="variance"))
    assert not offered.rescores(replace(ALONE, strategy="random"))
    assert not replace(offered, has_model=False).rescores(replace(ALONE, measure="variance"))


def test_what_was_chosen_goes_over_what_holds_by_now() -> None:
    shown, now = ALONE, replace(ALONE, audit_every=9, measure="margin")
    assert replace(shown, strategy="first", measure="variance").since(shown, now) == replace(
        now, strategy="first", measure="variance"
    )
    assert shown.since(shown, now) == now


@pytest.mark.parametrize("name", ["audit_every", "retrain_after"])
def test_negative_numbers_are_refused(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name}: found -1; wanted 0 or more"):
        replace(ALONE, **{name: -1})
