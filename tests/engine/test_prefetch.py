import threading

import numpy as np
import pytest
import torch

from napari_medal.core.target import Target
from napari_medal.engine.examples import BatchSource, Example
from napari_medal.engine.prefetch import Prefetched
from tests.engine.test_examples import dotted, example, plan

SHAPE = (8, 9, 10)


def _source(damaged: bool = False) -> BatchSource:
    mask = np.zeros((4, 9, 10), np.uint8) if damaged else dotted(SHAPE, a=(1, 2, 3))
    return BatchSource([Example(example(SHAPE).prepared, mask) for _ in range(3)], plan((3, 4, 5)), Target.MASK, 0)


def _threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("prefetch")]


def test_batches_come_in_the_order_of_the_source() -> None:
    plain = _source()
    with Prefetched(_source(), ahead=3) as source:
        assert _threads()
        for _ in range(10):
            assert torch.equal(source.draw().images, plain.draw().images)
    assert not _threads()


def test_an_error_while_drawing_is_raised_where_the_batch_is_wanted_and_leaves_no_thread() -> None:
    def draw_all() -> None:
        with Prefetched(_source(damaged=True)) as source:
            for _ in range(30):
                source.draw()

    with pytest.raises(ValueError, match="broadcast"):
        draw_all()
    assert not _threads()


def test_leaving_early_leaves_no_thread() -> None:
    def leave() -> None:
        with Prefetched(_source()) as source:
            source.draw()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        leave()
    assert not _threads()
    never_drawn = Prefetched(_source())
    never_drawn.close()
    never_drawn.close()
    assert not _threads()
