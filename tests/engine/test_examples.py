from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch

from napari_medal.core.learning import Balance, Sampling
from napari_medal.core.plan import Plan
from napari_medal.core.target import Target
from napari_medal.engine.examples import BatchSource, Example
from napari_medal.engine.mask_loss import IGNORED
from napari_medal.engine.prepare import Prepared
from tests.small import grid


def plan(patch: tuple[int, int, int], batch: int = 8) -> Plan:
    return Plan(None, patch, batch, (4, 8), ((1, 1, 1),), 2, 6, 4, 4e-3)


def example(shape: tuple[int, int, int], mask: np.ndarray | None = None, value: int | None = None) -> Example:
    """A case whose second channel is its own position, so that a patch tells where it was cut."""
    z, y, x = shape
    index = np.arange(z * y * x, dtype=np.float32).reshape(shape)
    prepared = Prepared(np.stack([-index, index]), grid(shape), (1.0, 1.0, 1.0))
    return Example(prepared, mask, value)


def dotted(shape: tuple[int, int, int], **dots: tuple[int, int, int]) -> np.ndarray:
    mask = np.zeros(shape, dtype=np.uint8)
    for value, place in enumerate(dots.values(), start=1):
        mask[place] = value
    return mask


@pytest.mark.parametrize("patch", [(4, 5, 6), (8, 9, 10), (16, 9, 12), (1, 4, 4)])
def test_batches_have_the_shape_of_the_plan(patch: tuple[int, int, int]) -> None:
    examples = [example((8, 9, 10), dotted((8, 9, 10), a=(1, 2, 3)))]
    batch = BatchSource(examples, plan(patch, 3), Target.MASK, 0).draw()
    assert batch.images.shape == (3, 2, *patch)
    assert batch.images.dtype == torch.float32
    assert batch.answers.shape == (3, 1, *patch)
    assert batch.answers.dtype == torch.uint8


def test_an_image_and_its_mask_are_cut_at_the_same_place() -> None:
    shape = (8, 9, 10)
    mask = (np.arange(720).reshape(shape) % 3).astype(np.uint8)
    source = BatchSource([example(shape, mask)], plan((3, 4, 5)), Target.MASK, 0)
    for _ in range(5):
        batch = source.draw()
        assert (batch.images[:, 1].long() % 3 == batch.answers[:, 0]).all()
        assert (batch.images[:, 0] == -batch.images[:, 1]).all()


def test_the_seed_decides() -> None:
    examples = [example((8, 9, 10), dotted((8, 9, 10), a=(1, 2, 3))) for _ in range(3)]
    sources = [BatchSource(examples, plan((3, 4, 5)), Target.MASK, seed) for seed in (5, 5, 6)]
    first, second, other = ([source.draw().images for _ in range(4)] for source in sources)
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(first, other, strict=True))


def test_a_third_of_the_patches_show_foreground_each_class_as_often() -> None:
    shape = (40, 40, 40)
    mask = dotted(shape, rare=(20, 20, 20))
    mask[4:10, 4:10, 4:10] = 2
    source = BatchSource([example(shape, mask)], plan((3, 3, 3)), Target.MASK, 0)
    centres = Counter()
    for _ in range(150):
        centres.update(source.draw().answers[:, 0, 1, 1, 1].tolist())
    share = {value: count / 1200 for value, count in centres.items()}
    assert share[1] == pytest.approx(1 / 6, abs=0.04)
    assert share[2] == pytest.approx(1 / 6, abs=0.04)


def test_foreground_at_the_border_stays_inside_the_image() -> None:
    shape = (12, 12, 12)
    source = BatchSource([example(shape, dotted(shape, a=(0, 11, 0)))], plan((4, 4, 4)), Target.MASK, 0)
    batches = [source.draw() for _ in range(20)]
    assert sum(int(batch.answers.sum()) for batch in batches) > 30
    # Along the last axis neighbours differ by one: nothing was padded.
    assert all((batch.images[:, 1].diff(dim=-1) == 1).all() for batch in batches)


def test_a_patch_larger_than_the_image_is_padded_with_its_lowest_value() -> None:
    shape = (3, 4, 5)
    mask = np.ones(shape, dtype=np.uint8)
    source = BatchSource([example(shape, mask)], plan((6, 4, 8)), Target.MASK, 0)
    starts = set()
    for _ in range(10):
        batch = source.draw()
        inside = batch.answers[:, 0].bool()
        assert (inside.sum(dim=(1, 2, 3)) == 60).all()
        assert (batch.images[:, 1][~inside] == -59).all()
        for image, where in zip(batch.images[:, 1], inside, strict=True):
            assert sorted(image[where].tolist()) == list(range(60))
            starts.add(tuple(torch.nonzero(where)[0].tolist()))
    assert len(starts) > 5


def test_classes_come_as_often_as_each_other() -> None:
    examples = [example((2, 2, 2), value=0)] + [example((2, 2, 2), value=3)] * 30
    source = BatchSource(examples, plan((2, 2, 2)), Target.CLASS, 0)
    drawn = [source.draw() for _ in range(40)]
    assert drawn[0].images.shape == (8, 2, 2, 2, 2)
    assert drawn[0].answers.dtype == torch.int64
    counts = Counter(value for batch in drawn for value in batch.answers.tolist())
    assert set(counts) == {0, 3}
    assert counts[0] / 320 == pytest.approx(0.5, abs=0.1)


def test_cases_come_as_often_as_each_other() -> None:
    examples = [example((4, 4, 4), np.zeros((4, 4, 4), np.uint8)) for _ in range(4)]
    for number, one in enumerate(examples):
        one.prepared.image[:] = number
    source = BatchSource(examples, plan((4, 4, 4)), Target.MASK, 0)
    counts = Counter(int(value) for _ in range(50) for value in source.draw().images[:, 0, 0, 0, 0])
    assert all(count / 400 == pytest.approx(0.25, abs=0.08) for count in counts.values())
    assert len(counts) == 4


@pytest.mark.parametrize("patch", [(6, 4, 4), (1, 4, 4), (20, 4, 4)])
def test_patches_of_a_partly_known_case_hold_a_known_slice(patch: tuple[int, int, int]) -> None:
    shape = (16, 12, 12)
    mask = np.full(shape, IGNORED, dtype=np.uint8)
    mask[3:5] = 0
    mask[12] = 0
    mask[12, 5, 5] = 1
    source = BatchSource([example(shape, mask)], plan(patch), Target.MASK, 0)
    drawn = torch.cat([source.draw().answers[:, 0] for _ in range(30)])
    assert ((drawn != IGNORED).flatten(1).any(dim=1)).all()
    share = (drawn == 1).flatten(1).any(dim=1).float().mean()
    assert share >= 0.3  # the labelled voxel is sought, the ignored ones are not
    if patch[0] == 6:
        assert (drawn == IGNORED).any()


def test_a_case_that_is_known_whole_is_drawn_as_ever() -> None:
    shape = (12, 12, 12)
    examples = [example(shape, dotted(shape, a=(4, 4, 4)))]
    batch = BatchSource(examples, plan((4, 4, 4), 2), Target.MASK, 7).draw()
    assert batch.images[:, 1, 0, 0, 0].tolist() == [1218.0, 314.0]  # a partly known case draws more numbers


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_the_plan_says_how_many_patches_show_foreground(share: float) -> None:
    shape = (40, 40, 40)
    wanted = replace(plan((3, 3, 3)), foreground=share)
    source = BatchSource([example(shape, dotted(shape, a=(20, 20, 20)))], wanted, Target.MASK, 0)
    found = sum(int(source.draw().answers[:, 0, 1, 1, 1].sum()) for _ in range(60)) / 480
    assert found == pytest.approx(share, abs=0.08)


@pytest.mark.parametrize("target", list(Target)[:2])
def test_frequencies_say_how_often_a_case_comes(target: Target) -> None:
    examples = [example((4, 4, 4), np.zeros((4, 4, 4), np.uint8), 1) for _ in range(4)]
    for number, one in enumerate(examples):
        one.prepared.image[:] = number
    source = BatchSource(examples, plan((4, 4, 4)), target, 0, frequencies=(1.0, 1.0, 1.0, 5.0))
    counts = Counter(int(value) for _ in range(50) for value in source.draw().images[:, 0, 0, 0, 0])
    assert counts[3] / 400 == pytest.approx(5 / 8, abs=0.08)
    assert all(counts[number] / 400 == pytest.approx(1 / 8, abs=0.06) for number in range(3))


def test_the_balance_says_how_often_a_class_comes() -> None:
    examples = [example((2, 2, 2), value=0)] + [example((2, 2, 2), value=3)] * 30
    source = BatchSource(examples, plan((2, 2, 2)), Target.CLASS, 0, balance=Balance(Sampling.OVERSAMPLE, 4.0))
    counts = Counter(value for _ in range(60) for value in source.draw().answers.tolist())
    assert counts[0] / 480 == pytest.approx(0.2, abs=0.06)


def test_patches_of_half_precision_come_as_single() -> None:
    one = example((4, 5, 6), dotted((4, 5, 6), a=(1, 1, 1)))
    half = replace(one, prepared=replace(one.prepared, image=one.prepared.image.astype(np.float16)))
    batch = BatchSource([half], plan((6, 5, 6), 3), Target.MASK, 0).draw()
    assert batch.images.dtype == torch.float32
    assert torch.equal(batch.images, BatchSource([one], plan((6, 5, 6), 3), Target.MASK, 0).draw().images)
