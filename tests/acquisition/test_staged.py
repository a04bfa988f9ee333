import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from napari_medal.acquisition.staged import STRATEGY, Staged
from napari_medal.core.strategy import Pool
from napari_medal.testing import check_strategy
from tests.acquisition.pools import pool, uncertainty


def rank_correlation(waiting: Pool) -> float:
    values = [uncertainty(waiting, p.case) for p in STRATEGY.rank(waiting) if not p.reason.startswith("audit")]
    return float(spearmanr(values, -np.arange(len(values))).statistic)


def test_keeps_the_protocol():
    check_strategy(STRATEGY)


def test_before_any_model_the_order_is_random():
    ranked = STRATEGY.rank(pool(10, 30, scored=0))
    assert {place.reason for place in ranked} == {"no model yet: drawn at random"}


def test_with_few_labels_the_order_is_random_and_says_why():
    ranked = STRATEGY.rank(pool(50, 11))
    assert all(place.reason.endswith("(random order until 12 labels)") for place in ranked)
    assert np.mean([abs(rank_correlation(pool(50, 11, seed))) for seed in range(20)]) < 0.25


@pytest.mark.parametrize(
    ("total", "explore"), [(4, 2), (10, 5), (24, 12), (100, 12), (140, 14), (300, 30), (10_000, 50)]
)
def test_the_random_stage_fits_the_project(total, explore):
    assert STRATEGY.explore_labels(total) == explore


def test_ranking_begins_at_the_end_of_the_random_stage():
    reasons = {place.reason.split()[0] for place in STRATEGY.rank(pool(50, 12))}
    assert reasons == {"doubt", "audit:"}


def test_the_noise_fades_exponentially():
    betas = [STRATEGY.beta(labelled, 12) for labelled in (12, 36, 60, 100)]
    assert betas == pytest.approx([1.0, 10.0, 100.0, 100.0])


def test_late_orders_follow_the_uncertainty_and_early_ones_less():
    early = np.mean([rank_correlation(pool(60, 12, seed)) for seed in range(20)])
    late = np.mean([rank_correlation(pool(60, 60, seed)) for seed in range(20)])
    assert late > 0.95
    assert 0.2 < early < late - 0.1


def test_every_fifth_label_of_the_project_is_an_audit():
    for labelled in (20, 22, 24):
        ranked = STRATEGY.rank(pool(40, labelled))
        audits = [n for n, place in enumerate(ranked) if place.reason.startswith("audit: every 5th case")]
        assert audits == [n for n in range(40) if (labelled + n + 1) % 5 == 0]


def test_the_audit_waits_at_its_place_until_it_comes_to_the_front():
    waiting = pool(40, 20)
    expected = STRATEGY.rank(waiting)[4].case
    for _ in range(4):
        first = STRATEGY.rank(waiting)[0]
        assert not first.reason.startswith("audit")
        left = tuple(c for c in waiting.candidates if c.case != first.case)
        waiting = Pool(left, waiting.labelled + 1, waiting.seed)
    front = STRATEGY.rank(waiting)[0]
    assert front.reason.startswith("audit")
    assert front.case == expected


def test_audits_are_blind_to_the_score():
    waiting = [pool(40, 24, seed) for seed in range(200)]
    audited = [uncertainty(w, STRATEGY.rank(w)[0].case) for w in waiting]
    chosen = [uncertainty(w, STRATEGY.rank(w)[1].case) for w in waiting]
    assert np.mean(audited) == pytest.approx(0.5, abs=0.06)
    assert np.mean(chosen) > 0.6


def test_cases_without_a_score_come_last():
    ranked = STRATEGY.rank(pool(20, 40, scored=15))
    assert all(place.reason.startswith("no prediction yet") for place in ranked[15:])
    assert not any(place.reason.startswith("no") for place in ranked[:15])


@given(size=st.integers(0, 40), labelled=st.integers(0, 80), seed=st.integers(0, 99), audit_every=st.integers(1, 6))
def test_every_candidate_once(size, labelled, seed, audit_every):
    waiting = pool(size, labelled, seed)
    ranked = Staged(audit_every=audit_every).rank(waiting)
    assert sorted(place.case for place in ranked) == [candidate.case for candidate in waiting.candidates]
