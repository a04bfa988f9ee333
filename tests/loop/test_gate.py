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
