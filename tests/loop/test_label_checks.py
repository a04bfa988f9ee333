"""What the checks of labels say of answers that are given to them, without any network."""

from datetime import UTC, datetime

import numpy as np
import pytest

from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Case, CaseState, Split
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.prediction import Prediction
from napari_medal.core.quantity import Quantity
from napari_medal.core.score import CaseScore
from napari_medal.core.second_look import SecondLook
from napari_medal.core.slice_ranges import SliceRanges, as_flags
from napari_medal.io.samples.phantom import PARTS
from napari_medal.loop.class_check import ClassCheck
from napari_medal.loop.mask_check import MaskCheck
from napari_medal.loop.standing_out import standing_out
from napari_medal.loop.value_check import ValueCheck
from napari_medal.types import LabelArray
from tests.small import grid

SCORE = CaseScore(0.0, (), (), "")
CLASSES = LabelScheme((LabelClass(0, "benign", "#000000"), LabelClass(5, "malignant", "#ffffff")))
SHAPE = (10, 20, 12)


def case(name: str) -> Case:
    return Case(name, name, Split.TRAINING, CaseState.ACCEPTED, ())


def annotation(number: int, name: str, confirmed: SliceRanges | None = None) -> Annotation:
    return Annotation(number, name, "task", 1, "ann", datetime.now(UTC), 1.0, None, None, confirmed=confirmed)


def structure(random: np.random.Generator) -> LabelArray:
    """Two parts in a row, a little rough on the outside."""
    mask = np.zeros(SHAPE, dtype=np.uint8)
    mask[3:8, 3:10, 4:9] = 1
    mask[3:8, 10:17, 4:9] = 2
    edge = np.zeros(SHAPE, dtype=np.bool_)
    edge[3, 3:17, 4:9] = True
    mask[edge & (random.random(SHAPE) < 0.3)] = 0
    return mask


def looks_of(odd: LabelArray, answer: LabelArray | None = None, confirmed: SliceRanges | None = None) -> SecondLook:
    """Return what is said of an odd label among nine usual ones, of which nothing is said."""
    random = np.random.default_rng(0)
    check = MaskCheck(PARTS)
    annotations = {}
    for number in range(10):
        name = f"case_{number}"
        truth, said = structure(random), structure(random)
        if number == 4:
            truth, said = odd, said if answer is None else answer
        keep = as_flags(confirmed if number == 4 else None, SHAPE[0])
        check.add(case(name), Prediction(SCORE, np.zeros(1), mask=said[keep]), truth[keep], grid(SHAPE, (1, 2, 1)))
        annotations[name] = annotation(number, name, confirmed if number == 4 else None)
    (look,) = check.looks(annotations)
    assert (look.case, look.annotation) == ("case_4", 4)
    return look


def test_swapped_labels_are_called_so() -> None:
    look = looks_of(np.array((0, 2, 1), dtype=np.uint8)[structure(np.random.default_rng(1))])
    assert look.reason == "labels look swapped (anterior, posterior): Dice 0.00 as they are, 0.96 exchanged"
    assert look.suspicion > 0.7


def test_a_missing_end_is_named_with_its_slices() -> None:
    odd = structure(np.random.default_rng(1))
    odd[:, 15:] = 0
    assert looks_of(odd).reason == "the model finds posterior on coronal slices 16-17, where the label has none"


def test_a_missing_end_of_axial_slices_is_opened_in_its_middle() -> None:
    odd = structure(np.random.default_rng(1))
    odd[6:] = 0
    look = looks_of(odd)
    assert look.reason == "the model finds anterior on slices 7-8, where the label has none"
    assert look.axial == 6


def test_slices_are_counted_in_the_whole_case_where_a_part_is_compared() -> None:
    odd = structure(np.random.default_rng(1))
    odd[6:] = 0
    look = looks_of(odd, confirmed=((2, 3), (5, 9)))
    assert look.reason == "the model finds anterior on slices 7-8, where the label has none"
    assert look.axial == 6


def test_one_slice_is_one_slice_and_a_surplus_is_the_labels() -> None:
    odd = structure(np.random.default_rng(1))
    odd[3:8, 17, 4:9] = 2
    assert looks_of(odd).reason == "the label has posterior on coronal slice 18, where the model finds none"


@pytest.mark.parametrize(
    ("step", "axis", "words"),
    [
        (2, 0, "2 mm above"),
        (-2, 0, "2 mm below"),
        (2, 1, "4 mm behind"),
        (-2, 1, "4 mm in front of"),
        (2, 2, "2 mm to the left of"),
        (-2, 2, "2 mm to the right of"),
    ],
)
def test_a_shift_has_a_side(step: int, axis: int, words: str) -> None:
    odd = np.roll(structure(np.random.default_rng(1)), step, axis)
    reason = looks_of(odd, structure(np.random.default_rng(1))).reason
    assert reason.endswith(f"lies {words} where the model sees it")


def test_a_thin_label_is_told_by_its_volume() -> None:
    odd = structure(np.random.default_rng(1))
    odd[:, :, 5:8][:, 4:9] = 0
    assert "the label of anterior is " in looks_of(odd).reason
    assert "% smaller than what the model finds" in looks_of(odd).reason


def test_a_label_that_is_nowhere_near_is_told_by_its_overlap() -> None:
    mask = structure(np.random.default_rng(1))
    odd = mask.copy()
    odd[3:8:2, 3:17] = 0
    odd[4:8:2, 3:17, 2:4] = mask[4:8:2, 3:17, 4:6]
    assert "covers little of what the model finds: Dice" in looks_of(odd, mask).reason or "lies" in looks_of(odd).reason


def test_empty_labels_are_compared_too() -> None:
    assert "where the label has none" in looks_of(np.zeros(SHAPE, dtype=np.uint8)).reason
    check = MaskCheck(PARTS)
    empty = np.zeros(SHAPE, dtype=np.uint8)
    check.add(case("a"), Prediction(SCORE, np.zeros(1), mask=empty), empty, grid(SHAPE))
    assert check.looks({"a": annotation(1, "a")}) == []
    assert MaskCheck(PARTS).looks({}) == []


def test_a_class_that_the_model_confidently_contradicts_is_told() -> None:
    check = ClassCheck(CLASSES)
    shares = {"a": (0, 0.9), "b": (0, 0.8), "c": (5, 0.2), "d": (5, 0.1), "e": (0, 0.05)}
    for name, (value, benign) in shares.items():
        answer = Prediction(SCORE, np.array([benign, 1.0 - benign], dtype=np.float32))
        check.add(case(name), answer, value, grid(SHAPE))
    (look,) = check.looks({name: annotation(7, name) for name in shares})
    assert (look.case, look.annotation, look.axial) == ("e", 7, None)
    assert look.reason == "labelled benign; the model says malignant, 95 %"
    assert look.suspicion == pytest.approx(0.5 * (1.0 + 0.9))
    assert ClassCheck(CLASSES).looks({}) == []


def test_a_value_far_off_is_told() -> None:
    check = ValueCheck(LabelScheme((), Quantity("age", "years", 0.0, 100.0)))
    for number in range(9):
        said = 50.0 + number % 3
        check.add(case(f"c{number}"), Prediction(SCORE, np.zeros(1), value=said), 51.0, grid(SHAPE))
    check.add(case("odd"), Prediction(SCORE, np.zeros(1), value=80.0), 51.0, grid(SHAPE))
    looks = check.looks({name: annotation(1, name) for name in ("odd", *(f"c{number}" for number in range(9)))})
    assert [look.case for look in looks] == ["odd"]
    assert looks[0].reason.startswith("labelled 51.0 years; the model says 80.0 years, off by 19.")


def test_suspicion_rises_and_leaves_room_for_what_is_certain() -> None:
    assert standing_out(-1.0) == standing_out(0.0) == 0.0
    assert standing_out(5.0) == 0.5
    assert standing_out(3.0) < standing_out(4.0) < standing_out(1e9) == 0.95
