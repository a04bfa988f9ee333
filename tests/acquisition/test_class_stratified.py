from dataclasses import replace

import numpy as np
import pytest

from napari_medal.acquisition.class_stratified import STRATEGY, ClassStratified
from napari_medal.core.strategy import Candidate, Pool
from tests.acquisition.pools import random_pool, scores

SURE = ClassStratified(noisy=False)


def opposed(labelled: int = 100, weaknesses: tuple[float, ...] = (0.1, 0.4)) -> Pool:
    """30 cases; in the first 15 the front is in doubt, in the others the back, and less so."""
    front = [0.9 - 0.01 * n if n < 15 else 0.02 for n in range(30)]
    back = [0.02 if n < 15 else 0.6 - 0.01 * n for n in range(30)]
    candidates = [
        Candidate(f"case{n:03}", scores((a + b) / 2, a, b)) for n, (a, b) in enumerate(zip(front, back, strict=True))
    ]
    return Pool(candidates, labelled, 0, batch=6, weaknesses=weaknesses, labels=("front", "back"))


def served(pool: Pool, places: int, strategy: ClassStratified = SURE) -> list[str]:
    reasons = [place.reason for place in strategy.rank(pool)[:places]]
    return [reason.rsplit(" ", 1)[-1].rstrip(")") if "chosen for" in reason else "case" for reason in reasons]


def test_two_thirds_of_the_places_go_to_the_labels_in_equal_shares():
    found = served(opposed(), 30)
    assert abs(found.count("front") - found.count("back")) <= 1
    assert found.count("front") + found.count("back") == pytest.approx(0.66 * 30, abs=1)


def test_the_weakest_label_has_the_first_turn():
    named = [name for name in served(opposed(labelled=0), 15) if name != "case"]
    assert named[:4] == ["back", "front", "back", "front"]
    for weaknesses in ((0.4, 0.1), ()):
        named = [name for name in served(opposed(labelled=0, weaknesses=weaknesses), 15) if name != "case"]
        assert named[:4] == ["front", "back", "front", "back"]


def test_a_label_gets_the_cases_in_which_it_is_in_doubt():
    for place in SURE.rank(opposed())[:15]:
        if "chosen for back" in place.reason:
            assert place.case >= "case015"
            assert dict(place.numbers)["uncertainty of back"] == pytest.approx(0.6 - 0.01 * int(place.case[4:]))


def test_turns_go_on_where_the_order_is_made_anew():
    after = [served(opposed(labelled=100 + n), 1)[0] for n in range(15)]
    assert after == served(opposed(), 15)


def test_without_a_share_for_the_labels_the_order_is_that_of_the_case():
    ranked = replace(SURE, share=0.0).rank(opposed())
    values = [dict(place.numbers)["uncertainty"] for place in ranked]
    assert values == sorted(values, reverse=True)


def test_a_value_has_no_labels():
    waiting = random_pool(20, 100, labels=0)
    assert not any("chosen for" in place.reason for place in STRATEGY.rank(waiting))
    values = [dict(place.numbers)["uncertainty"] for place in SURE.rank(waiting)]
    assert values == sorted(values, reverse=True)


def test_noise_differs_between_labels_and_fades():
    waiting = opposed(labelled=10)
    orders = {tuple(place.case for place in STRATEGY.rank(replace(waiting, seed=seed))) for seed in range(8)}
    assert len(orders) == 8
    agreeing = [
        np.mean(
            [
                {place.case for place in STRATEGY.rank(replace(opposed(labelled), seed=seed))[:6]}
                == {place.case for place in SURE.rank(opposed(labelled))[:6]}
                for seed in range(10)
            ]
        )
        for labelled in (10, 1000)
    ]
    assert agreeing[0] < 0.3
    assert agreeing[1] > 0.5


def test_time_counts_where_it_shall():
    waiting = opposed()
    slow = [replace(found, seconds=1000.0 if found.case == "case000" else 10.0) for found in waiting.candidates]
    dear = replace(SURE, cost_exponent=0.5).rank(replace(waiting, candidates=slow))
    assert "case000" in [place.case for place in SURE.rank(replace(waiting, candidates=slow))[:3]]
    assert "case000" not in [place.case for place in dear[:10]]
