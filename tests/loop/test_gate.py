import pytest

from napari_medal.core.evaluation import Evaluation, Interval
from napari_medal.loop.gate import decide


def _evaluation(*per_case: float) -> Evaluation:
    mean = sum(per_case) / len(per_case)
    return Evaluation("dice_mean", {"dice_mean": Interval(mean, mean, mean)}, per_case)


def test_without_a_validation_set_it_goes_live_untested() -> None:
    verdict = decide(None, None)
    assert verdict.goes_live
    assert "untested" in verdict.reason


def test_the_first_model_goes_live_whatever_it_can() -> None:
    verdict = decide(_evaluation(0.0), None)
    assert verdict.goes_live
    assert verdict.reason == "The first model goes live: dice_mean 0.000 on 1 validation case."


@pytest.mark.parametrize(
    ("new", "live", "goes_live"),
    [
        ((0.8, 0.7), (0.8, 0.7), True),
        ((0.8, 0.7), (0.6, 0.7), True),
        ((0.795, 0.7), (0.8, 0.7), True),
        ((0.7,), (0.72,), False),
        ((0.7,), (0.705,), True),
        ((0.9, 0.5), (0.7, 0.75), False),
    ],
)
def test_with_few_cases_a_hundredth_is_tolerated(
    new: tuple[float, ...], live: tuple[float, ...], goes_live: bool
) -> None:
    verdict = decide(_evaluation(*new), _evaluation(*live))
    assert verdict.goes_live is goes_live
    assert "too few cases for a test" in verdict.reason
    assert verdict.reason.startswith("Goes live, being no worse" if goes_live else "Stays a candidate, being worse")


@pytest.mark.parametrize(
    ("change", "goes_live"),
    [
        ((0.0, 0.0, 0.0), True),
        ((0.01, 0.02, 0.01), True),
        ((-0.01, -0.02, -0.01), False),  # p = 1/8
        ((-0.001, -0.001, -0.001), False),  # small, but everywhere
        ((-0.3, 0.1, 0.1, 0.05, 0.04), True),  # one outlier is chance
        ((-0.2, -0.2, -0.2, -0.2, -0.2, 0.01), False),
        ((0.2, 0.2, 0.2, -0.01), True),
    ],
)
def test_with_more_cases_a_paired_test_decides(change: tuple[float, ...], goes_live: bool) -> None:
    live = [0.5 + 0.05 * n for n in range(len(change))]
    new = [before + difference for before, difference in zip(live, change, strict=True)]
    verdict = decide(_evaluation(*new), _evaluation(*live))
    assert verdict.goes_live is goes_live
    assert f"on {len(change)} validation cases" in verdict.reason
    assert "p(worse) = " in verdict.reason


def _labelled(**per_label: tuple[float, ...]) -> Evaluation:
    per_case = tuple(sum(row) / len(row) for row in zip(*per_label.values(), strict=True))
    mean = sum(per_case) / len(per_case)
    return Evaluation("dice_mean", {"dice_mean": Interval(mean, mean, mean)}, per_case, per_label, "Dice")


POSTERIOR = (0.71, 0.69, 0.73, 0.70, 0.72, 0.71, 0.70, 0.72)


def test_one_label_that_is_worse_is_enough_to_stay_a_candidate_and_is_named() -> None:
    """The other one has become so much better that the mean hides it."""
    live = _labelled(anterior=(0.5,) * 8, posterior=POSTERIOR)
    lost = (0.05, 0.10, 0.12, 0.07, 0.09, 0.08, 0.11, 0.10)
    worse = tuple(value - loss for value, loss in zip(POSTERIOR, lost, strict=True))
    verdict = decide(_labelled(anterior=(0.9,) * 8, posterior=worse), live)
    assert not verdict.goes_live
    assert (
        "posterior: Dice 0.620 instead of 0.710 on 8 cases, 95 % interval of the difference -0.109 to -0.071"
        in verdict.reason
    )
    assert "anterior" not in verdict.reason


def test_labels_share_the_level_among_them() -> None:
    """Three cases that all lose have p = 1/8: enough for one comparison, not for one of two."""
    live = _labelled(anterior=(0.5, 0.6, 0.7), posterior=(0.5, 0.6, 0.7))
    new = _labelled(anterior=(0.9, 0.9, 0.9), posterior=(0.49, 0.58, 0.69))
    assert decide(new, live).goes_live


def test_a_label_on_two_cases_is_never_enough() -> None:
    nan = float("nan")
    live = Evaluation("d", {"d": Interval(0.5, 0, 1)}, (0.5,) * 4, {"a": (0.5,) * 4, "b": (0.9, 0.9, nan, nan)}, "Dice")
    new = Evaluation("d", {"d": Interval(0.5, 0, 1)}, (0.6,) * 4, {"a": (0.6,) * 4, "b": (0.1, 0.2, nan, nan)}, "Dice")
    assert decide(new, live).goes_live


def test_few_cases_say_what_they_could_not_see() -> None:
    live, new = (0.5, 0.6, 0.7, 0.8), (0.55, 0.5, 0.8, 0.85)
    verdict = decide(_evaluation(*new), _evaluation(*live))
    assert verdict.goes_live
    assert "with so few cases a loss of up to 0.11 could have gone unnoticed" in verdict.reason
    close = decide(_evaluation(0.51, 0.6, 0.71, 0.81), _evaluation(*live))
    assert "unnoticed" not in close.reason
    many = decide(_evaluation(*new * 5), _evaluation(*live * 5))
    assert "unnoticed" not in many.reason


def test_the_cases_of_one_subject_count_once() -> None:
    """Six cases would be enough for a test; they are of two subjects only."""
    live, new = (0.5,) * 6, (0.496, 0.495, 0.494, 0.5, 0.497, 0.495)
    assert not decide(_evaluation(*new), _evaluation(*live)).goes_live
    verdict = decide(_evaluation(*new), _evaluation(*live), ["p1", "p1", "p1", "p2", "p2", "p2"])
    assert verdict.goes_live
    assert "on 6 validation cases of 2 subjects" in verdict.reason
    assert "too few cases for a test" in verdict.reason
