from collections import Counter
from dataclasses import replace

import numpy as np
import torch

from napari_medal.core.particulars import Particulars, SliceDraw
from napari_medal.core.plan import Plan
from napari_medal.core.target import Target
from napari_medal.engine.examples import BatchSource, Example
from napari_medal.engine.foreground import Foreground
from napari_medal.engine.mask_loss import IGNORED
from napari_medal.engine.prepare import Prepared
from napari_medal.engine.slice_draw import SliceLottery
from tests.small import grid

SHAPE = (8, 16, 16)
LABELLED, BLANK = 3, 0
PLAN = Plan(
    None, (3, 16, 16), 16, (4, 8), ((1, 1, 1),), 2, 6, 4, 4e-3,
    particulars=Particulars(draw=SliceDraw(labelled=3.0), context=1),
)  # fmt: skip


def image(depth: int = SHAPE[0]) -> np.ndarray:
    """Slices of a bright square; the first one is blank. The second channel is the slice's number."""
    bright = np.zeros((depth, *SHAPE[1:]), dtype=np.float32)
    bright[1:, 4:12, 4:12] = 100.0
    return np.stack([bright, np.broadcast_to(np.arange(depth, dtype=np.float32)[:, None, None], bright.shape)])


def mask(depth: int = SHAPE[0]) -> np.ndarray:
    found = np.zeros((depth, *SHAPE[1:]), dtype=np.uint8)
    found[LABELLED, 5:8, 5:8] = 1
    return found


def drawn(
    foregrounds: list[Foreground], shares: list[float] | None = None, count: int = 20_000
) -> Counter[tuple[int, int]]:
    lottery = SliceLottery(
        [image()[:1]] * len(foregrounds), foregrounds, SliceDraw(3.0), None if shares is None else np.array(shares)
    )
    return Counter(lottery.draw(count, np.random.default_rng(0)))


def test_labelled_slices_come_three_times_as_often_and_blank_ones_never() -> None:
    found = drawn([Foreground.of(mask())])
    assert (0, BLANK) not in found
    others = [found[0, place] for place in range(1, 8) if place != LABELLED]
    assert min(others) > 0.85 * max(others)
    assert 2.7 < found[0, LABELLED] / np.mean(others) < 3.3


def test_a_case_that_is_drawn_more_often_has_its_slices_drawn_more_often() -> None:
    found = drawn([Foreground(), Foreground()], [0.2, 0.8])
    of_case = Counter(case for case, _ in found.elements())
    assert 3.6 < of_case[1] / of_case[0] < 4.4


def test_slices_of_which_nothing_is_known_are_not_drawn() -> None:
    known = np.array([2, 5])
    found = drawn([Foreground(known=known)])
    assert {place for _, place in found} == {2, 5}


def test_a_cohort_without_anything_to_see_can_still_be_drawn_from() -> None:
    lottery = SliceLottery([np.zeros((1, 2, 4, 4), np.float32)], [Foreground()], SliceDraw(), None)
    assert {place for _, place in lottery.draw(50, np.random.default_rng(0))} == {0, 1}


def _example(depth: int = SHAPE[0]) -> Example:
    return Example(Prepared(image(depth), grid((depth, *SHAPE[1:])), (1.0, 1.0, 1.0)), mask(depth))


def test_a_patch_lies_around_its_slice_and_repeats_the_last_one() -> None:
    source = BatchSource([_example()], PLAN, Target.MASK, 0)
    seen = Counter[int]()
    for _ in range(20):
        batch = source.draw()
        for numbers, answer in zip(batch.images[:, 1, :, 0, 0].long().tolist(), batch.answers[:, 0], strict=True):
            before, middle, after = numbers
            assert before == max(middle - 1, 0)
            assert after == min(middle + 1, SHAPE[0] - 1)
            assert bool((answer[1] == 1).any()) is (middle == LABELLED)
            seen[middle] += 1
    assert set(seen) == set(range(1, SHAPE[0]))


def test_nothing_is_learnt_of_the_context() -> None:
    answers = BatchSource([_example()], PLAN, Target.MASK, 0).draw().answers
    assert (answers[:, 0, [0, 2]] == IGNORED).all()
    assert (answers[:, 0, 1] != IGNORED).all()
    usual = replace(PLAN, particulars=Particulars(context=1))
    assert (BatchSource([_example()], usual, Target.MASK, 0).draw().answers[:, 0, [0, 2]] == IGNORED).all()
    plain = replace(PLAN, particulars=Particulars())
    assert (BatchSource([_example()], plain, Target.MASK, 0).draw().answers != IGNORED).all()


def test_a_volume_of_fewer_slices_than_a_patch_can_be_drawn_from() -> None:
    batch = BatchSource([_example(4)], replace(PLAN, patch=(9, 16, 16)), Target.MASK, 0).draw()
    assert batch.images.shape == (16, 2, 9, 16, 16)
    assert torch.isfinite(batch.images).all()


def test_the_seed_decides_and_a_later_beginning_goes_on() -> None:
    first, second = (BatchSource([_example()], PLAN, Target.MASK, 3) for _ in range(2))
    first.draw()
    wanted = first.draw()
    second.draw()
    assert torch.equal(second.draw().images, wanted.images)
    assert torch.equal(BatchSource([_example()], PLAN, Target.MASK, 3, first=1).draw().images, wanted.images)
