from hypothesis import given
from hypothesis import strategies as st

from napari_medal.catalogue.splits import draw_validation

ARRIVALS = st.lists(st.integers(0, 6), min_size=1, max_size=8)
SHARES = st.floats(0.0, 0.9)
SEEDS = st.integers(0, 100)


@given(ARRIVALS, SHARES, SEEDS)
def test_validation_grows_and_never_takes_from_training(arrivals: list[int], share: float, seed: int) -> None:
    training: set[str] = set()
    validation: set[str] = set()
    known = 0
    for count in arrivals:
        arriving = [f"s{known + n}" for n in range(count)]
        known += count
        draw = draw_validation(arriving, len(training), len(validation), share, seed)
        assert sorted(draw.training + draw.validation) == sorted(arriving)
        assert not set(draw.validation) & training
        training |= set(draw.training)
        validation |= set(draw.validation)
        assert not training & validation
        assert bool(training) == bool(known)
        assert len(validation) <= max(1, round(share * known))
        if share == 0 or known < 3:
            assert not validation
    if share > 0 and arrivals[-1] > 1 and known >= 3:
        assert validation


@given(st.integers(3, 60), SHARES, SEEDS)
def test_one_draw_reaches_the_wanted_share(count: int, share: float, seed: int) -> None:
    subjects = [f"s{n}" for n in range(count)]
    draw = draw_validation(subjects, 0, 0, share, seed)
    wanted = 0 if share == 0 else min(count - 1, max(1, round(share * count)))
    assert len(draw.validation) == wanted
    assert draw == draw_validation(reversed(subjects * 2), 0, 0, share, seed)


def test_the_seed_decides() -> None:
    subjects = [f"s{n}" for n in range(30)]
    draws = {draw_validation(subjects, 0, 0, 0.3, seed).validation for seed in range(10)}
    assert len(draws) > 5
