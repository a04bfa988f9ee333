import pytest
import torch

from napari_medal.engine.augment import Augmenter
from napari_medal.engine.examples import Batch
from napari_medal.engine.turning import is_flat, rotations

SPACING = (2.0, 1.0, 1.0)


def _blobs(shape: tuple[int, int, int], count: int = 4) -> torch.Tensor:
    """Return soft balls (B, 1, Z, Y, X): zero outside, one in the middle."""
    axes = [torch.linspace(-1, 1, n) if n > 1 else torch.zeros(1) for n in shape]
    z, y, x = torch.meshgrid(*axes, indexing="ij")
    ball = torch.clamp(1.5 - 2.5 * (z**2 + y**2 + x**2).sqrt(), 0, 1)
    return ball.expand(count, 1, *shape).contiguous()


def _augmenter(seed: int = 0) -> Augmenter:
    return Augmenter(SPACING, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("shape", [(12, 16, 20), (1, 24, 20)])
def test_shapes_types_and_labels_stay(shape: tuple[int, int, int]) -> None:
    images = torch.rand(6, 2, *shape)
    answers = torch.randint(0, 2, (6, 1, *shape), dtype=torch.uint8) * 3
    changed = _augmenter()(Batch(images, answers))
    assert (changed.images.shape, changed.images.dtype) == (images.shape, torch.float32)
    assert (changed.answers.shape, changed.answers.dtype) == (answers.shape, torch.uint8)
    assert set(changed.answers.unique().tolist()) <= {0, 3}
    assert torch.isfinite(changed.images).all()
    assert not torch.equal(changed.images, images)


def test_classes_are_left_alone() -> None:
    answers = torch.tensor([0, 1, 2, 1])
    changed = _augmenter()(Batch(torch.rand(4, 1, 8, 8, 8), answers))
    assert torch.equal(changed.answers, answers)


@pytest.mark.parametrize("value", [0.0, 5.0])
def test_a_constant_image_stays_finite(value: float) -> None:
    changed = _augmenter()(Batch(torch.full((2, 1, 4, 4, 4), value), torch.zeros(2, 1, 4, 4, 4, dtype=torch.uint8)))
    assert torch.isfinite(changed.images).all()


def test_the_generator_decides() -> None:
    batch = Batch(_blobs((10, 12, 14)), (_blobs((10, 12, 14)) > 0.5).byte())
    first, second, other = (_augmenter(seed)(batch) for seed in (1, 1, 2))
    assert torch.equal(first.images, second.images)
    assert torch.equal(first.answers, second.answers)
    assert not torch.equal(first.images, other.images)
    torch.rand(3)  # the generator of the process plays no part
    assert torch.equal(_augmenter(1)(batch).images, first.images)


def test_it_leaves_what_it_was_given_alone() -> None:
    images, answers = _blobs((8, 8, 8)), (_blobs((8, 8, 8)) > 0.5).byte()
    kept = images.clone(), answers.clone()
    _augmenter()(Batch(images, answers))
    assert torch.equal(images, kept[0])
    assert torch.equal(answers, kept[1])


@pytest.mark.parametrize("shape", [(20, 28, 24), (1, 32, 28)])
def test_image_and_mask_move_together(shape: tuple[int, int, int]) -> None:
    images = _blobs(shape, 16)
    answers = (images > 0.5).byte()
    moved = 0
    augment = _augmenter(3)
    augment._intensities = lambda images: images  # type: ignore[method-assign]  # places only
    for _ in range(3):
        changed = augment(Batch(images, answers))
        differing = (changed.images > 0.5) != changed.answers.bool()
        # Linear and nearest interpolation may disagree where the edge runs, nowhere else.
        assert (changed.images[differing] - 0.5).abs().max() < 0.4
        moved += int((changed.answers != answers).flatten(1).any(dim=1).sum())
    assert moved > 24


def test_a_single_slice_is_only_moved_in_its_plane() -> None:
    """Channels of one slice that are alike along y and x come out alike: nothing came from above or below."""
    images = torch.full((32, 1, 1, 16, 16), 2.0)
    answers = torch.ones(32, 1, 1, 16, 16, dtype=torch.uint8)
    augment = _augmenter(4)
    field = augment._field(images)
    assert field[..., 2].abs().max() < 0.5  # within the slice: half its width is 1
    assert field[..., :2].std() > 0.1
    inside = (field[..., :2].abs() < 0.9).all(dim=-1)
    assert (augment(Batch(images, answers)).answers.shape) == answers.shape
    moved = torch.nn.functional.grid_sample(answers.float(), field, mode="nearest", align_corners=False)
    assert (moved[:, 0][inside] == 1).all()


def test_a_turn_is_a_turn_in_millimetres() -> None:
    """A ball in millimetres, on an anisotropic grid, stays a ball under rotations about every axis."""
    shape, spacing = (12, 81, 36), (3.0, 1.0, 1.0)
    axes = [(torch.arange(n) - (n - 1) / 2) * mm for n, mm in zip(shape, spacing, strict=True)]
    z, y, x = torch.meshgrid(*axes, indexing="ij")
    ball = torch.sigmoid(13.0 - (z**2 + y**2 + x**2).sqrt()).expand(24, 1, *shape).contiguous()
    augment = Augmenter(spacing, torch.Generator().manual_seed(0))
    augment._intensities = lambda images: images  # type: ignore[method-assign]
    augment._warp = lambda images: torch.zeros(images.shape[0], *shape, 3)  # type: ignore[method-assign]
    changed = augment(Batch(ball, torch.zeros(24, 1, *shape, dtype=torch.uint8))).images[:, 0]
    places = torch.stack([z, y, x]).flatten(1)
    for image in changed:
        weight = (image / image.sum()).flatten()
        centred = places - (weight * places).sum(dim=1, keepdim=True)
        widths = torch.linalg.eigvalsh((weight * centred) @ centred.T).sqrt()
        assert widths.max() / widths.min() < 1.15


@pytest.mark.parametrize(("shape", "flat"), [((1, 32, 32), True), ((4, 32, 32), True), ((16, 32, 32), False)])
def test_a_pile_too_thin_to_be_turned_over_stays_in_its_plane(shape: tuple[int, int, int], flat: bool) -> None:
    images = torch.zeros(64, 1, *shape)
    angles = torch.rand((64, 3), generator=torch.Generator().manual_seed(5)) * 0.5 - 0.25
    turns = rotations(angles, is_flat(images, SPACING))
    assert bool((turns[:, 2, :2] == 0).all()) is flat
    assert bool((_augmenter(5)._warp(images)[..., 2] == 0).all()) is flat
