import math

import pytest
import torch

from napari_medal.core.particulars import Augmentation
from napari_medal.engine.examples import Batch
from napari_medal.engine.own_augment import OwnAugmenter

SPACING = (5.0, 1.0, 2.0)
TURNED = Augmentation(rotations_degrees=((-15.0, -5.0), (5.0, 15.0)))
SCALED = Augmentation(scales=((0.92, 0.96), (1.04, 1.08)))
APART = Augmentation(TURNED.rotations_degrees, SCALED.scales, apart=True)
ONLY_LABELLED = Augmentation(TURNED.rotations_degrees, labelled_only=True)
SHAPE = (3, 64, 32)
"""64 x 64 mm."""


def bars(count: int) -> torch.Tensor:
    """A bar along x of 40 x 8 mm in each slice, (B, 1, Z, Y, X)."""
    images = torch.zeros(count, 1, *SHAPE)
    images[:, :, :, 28:36, 6:26] = 1.0
    return images


def changed(augmentation: Augmentation, images: torch.Tensor, answers: torch.Tensor | None = None) -> Batch:
    if answers is None:
        answers = (images > 0.5).to(torch.uint8)
    return OwnAugmenter(augmentation, SPACING, torch.Generator().manual_seed(0))(Batch(images, answers))


def moments(answer: torch.Tensor) -> tuple[float, float]:
    """Return the angle of a bar in degrees, and its area in mm², of the slice in the middle."""
    y, x = torch.nonzero(answer[1] > 0, as_tuple=True)
    y_mm, x_mm = y * SPACING[1], x * SPACING[2]
    spread = torch.cov(torch.stack([y_mm, x_mm]).double())
    angle = 0.5 * math.degrees(math.atan2(2 * float(spread[0, 1]), float(spread[1, 1] - spread[0, 0])))
    return angle, len(y) * SPACING[1] * SPACING[2]


def test_rotations_are_in_the_spans_in_millimetres() -> None:
    angles = [moments(answer[0])[0] for answer in changed(TURNED, bars(60)).answers]
    assert all(4.0 < abs(angle) < 16.0 for angle in angles)
    assert min(angles) < -10
    assert max(angles) > 10


def test_scales_are_in_the_spans_and_slices_stay_where_they_are() -> None:
    images = bars(60)
    images[:, :, 2] = 0.0
    batch = changed(SCALED, images)
    areas = [moments(answer[0])[1] / (20 * 8 * 2) for answer in batch.answers]
    assert all(0.75 < area < 1.25 for area in areas)
    assert min(areas) < 0.97
    assert max(areas) > 1.03
    assert not batch.answers[:, :, 2].any()


def test_apart_a_third_is_left_a_third_turned_and_a_third_scaled() -> None:
    batch = changed(APART, bars(300))
    found = [moments(answer[0]) for answer in batch.answers]
    left = sum(abs(angle) < 0.5 and area == 320 for angle, area in found)
    turned = sum(abs(angle) > 4 for angle, _ in found)
    assert 70 < left < 130
    assert 70 < turned < 130
    plain = changed(Augmentation(APART.rotations_degrees, APART.scales), bars(40))
    assert all(abs(moments(answer[0])[0]) > 4 for answer in plain.answers)


def test_patches_without_a_label_stay_where_only_labelled_ones_are_changed() -> None:
    images = torch.rand(6, 2, *SHAPE)
    answers = torch.zeros(6, 1, *SHAPE, dtype=torch.uint8)
    answers[0, :, 1, 20:30, 10:20] = 2
    answers[1] = 255
    batch = changed(ONLY_LABELLED, images, answers)
    torch.testing.assert_close(batch.images[1:], images[1:], atol=1e-5, rtol=0)
    assert torch.equal(batch.answers[1:], answers[1:])
    assert (batch.images[0] - images[0]).abs().max() > 0.1


def test_nothing_asked_for_changes_nothing_and_classes_are_left_alone() -> None:
    images = torch.rand(3, 1, *SHAPE)
    torch.testing.assert_close(changed(Augmentation(), images).images, images, atol=1e-5, rtol=0)
    classes = torch.tensor([0, 1, 2])
    assert torch.equal(changed(ONLY_LABELLED, images, classes).answers, classes)


def test_a_thick_patch_turns_about_every_axis() -> None:
    images = torch.zeros(4, 1, 32, 32, 32)
    images[:, :, 4:28, 14:18, 14:18] = 1.0
    batch = OwnAugmenter(TURNED, (1.0, 1.0, 1.0), torch.Generator().manual_seed(1))(
        Batch(images, (images > 0.5).to(torch.uint8))
    )
    tops = batch.answers[:, 0, 6].flatten(1).float().argmax(dim=1)
    bottoms = batch.answers[:, 0, 25].flatten(1).float().argmax(dim=1)
    assert (tops != bottoms).all()


@pytest.mark.parametrize("augmentation", [TURNED, APART])
def test_the_seed_decides(augmentation: Augmentation) -> None:
    assert torch.equal(changed(augmentation, bars(5)).images, changed(augmentation, bars(5)).images)
