from pathlib import Path

import numpy as np
import torch

from napari_medal.core.plan import Plan
from napari_medal.core.target import Target
from napari_medal.engine.cache import PreparedCache
from napari_medal.engine.examples import BatchSource, Example
from napari_medal.engine.mask_loss import IGNORED
from napari_medal.engine.prepare import Prepared
from napari_medal.engine.scratch import Scratch
from napari_medal.engine.shelf import Shelf
from tests.small import grid

SHAPE = (20, 24, 28)
BYTES = 4 * 20 * 24 * 28


class _Maker:
    """Makes cases, and counts how often."""

    def __init__(self) -> None:
        self.made = 0

    def image(self) -> Prepared:
        self.made += 1
        image = np.random.default_rng(0).normal(0, 1.5, (1, *SHAPE)).astype(np.float32)
        return Prepared(image, grid(SHAPE, (2.0, 1.0, 1.0)), (2.0, 1.0, 1.0))

    def mask(self) -> np.ndarray:
        self.made += 1
        mask = np.zeros(SHAPE, dtype=np.uint8)
        mask[4:9, 5:9, 5:9] = 1
        mask[6, 5, 5] = 3
        mask[15:] = IGNORED
        return mask

    def example(self, shelf: Shelf, name: str = "a") -> Example:
        mask, foreground = shelf.mask(f"mask {name}", self.mask)
        return Example(shelf.image(name, self.image), mask, foreground=foreground)


def _shelf(folder: Path, cases: int, budget: int) -> Shelf:
    return Shelf(PreparedCache(100 * BYTES), Scratch(folder / "cache"), cases, budget)


def test_where_all_cases_fit_they_stay_in_memory_as_they_are(tmp_path: Path) -> None:
    maker = _Maker()
    example = maker.example(_shelf(tmp_path, 3, 3 * BYTES))
    assert (example.prepared.image == maker.image().image).all()
    assert not isinstance(example.prepared.image, np.memmap)
    assert not (tmp_path / "cache").exists()


def test_where_they_do_not_each_lies_in_a_file_that_a_restart_finds(tmp_path: Path) -> None:
    maker = _Maker()
    for _ in range(2):
        example = maker.example(_shelf(tmp_path, 3, 3 * BYTES - 3))
        assert isinstance(example.prepared.image, np.memmap)
        assert isinstance(example.mask, np.memmap)
        assert (example.mask == _Maker().mask()).all()
        assert example.prepared.spacing_mm == (2.0, 1.0, 1.0)
        assert example.prepared.grid.matches(grid(SHAPE, (2.0, 1.0, 1.0)))
        assert example.foreground is not None
        assert example.foreground.known is not None
        assert example.foreground.known.tolist() == list(range(15))
        assert [len(voxels) for voxels in example.foreground.voxels] == [79, 1]
    assert maker.made == 2


def test_half_precision_is_fine_enough(tmp_path: Path) -> None:
    maker = _Maker()
    stored = maker.example(_shelf(tmp_path, 1, 0)).prepared.image
    exact = maker.image().image
    assert np.abs(stored - exact).max() <= 0.002
    assert (np.abs(stored - exact) <= 0.0005 * np.abs(exact) + 1e-7).all()


def test_the_same_patches_are_drawn_from_memory_and_from_files(tmp_path: Path) -> None:
    plan = Plan(None, (8, 8, 32), 4, (4, 8), ((1, 1, 1),), 2, 6, 4, 4e-3)
    in_memory = _Maker().example(_shelf(tmp_path, 1, 10 * BYTES))
    in_files = _Maker().example(_shelf(tmp_path, 1, 0))
    first, second = (BatchSource([one], plan, Target.MASK, 3) for one in (in_memory, in_files))
    for _ in range(5):
        a, b = first.draw(), second.draw()
        assert torch.equal(a.answers, b.answers)
        assert torch.allclose(a.images, b.images, atol=2e-3)
