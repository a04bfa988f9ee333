import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch
from monai.inferers.inferer import SlidingWindowInferer
from torch import nn

from napari_medal.core.asking import Asking, Mirror
from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.volume import Volume
from napari_medal.engine.device import Device, choose_device
from napari_medal.engine.ensemble import Ensemble
from napari_medal.engine.prepare import Prepared, prepare
from napari_medal.errors import JobCancelled, ModelError
from tests.small import RESNET, UNET, SmallUNet, Watch, cancel_at, grid

MEMORY = Memory(2**30, accelerated=False)
NO_MEMORY = Memory(1, accelerated=False)


@pytest.fixture(scope="module")
def device() -> Device:
    return replace(choose_device("cpu"), half=False, threads=1)


def _plan(planar: bool = False, spacing: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> Plan:
    shape = (1, 24, 24) if planar else (24, 24, 24)
    return UNET.plan(Fingerprint(1, 1, spacing, shape, shape, planar), MEMORY)


def _weights(plan: Plan, count: int = 2, channels: int = 1) -> list[dict[str, torch.Tensor]]:
    torch.manual_seed(0)
    return [UNET.build(plan, channels, 3).state_dict() for _ in range(count)]


def _prepared(
    shape: tuple[int, int, int], plan: Plan, spacing: tuple[float, float, float] = (1.0, 1.0, 1.0)
) -> Prepared:
    z, y, x = np.meshgrid(*[np.linspace(-2, 2, n) for n in shape], indexing="ij")
    array = np.sin(3 * z) + np.cos(2 * y) * x
    return prepare([Volume(array.astype(np.float32), grid(shape, spacing))], plan, UNET.target)


@pytest.mark.parametrize("planar", [False, True], ids=["3D", "2D"])
@pytest.mark.parametrize("sides", [(17, 23), (16, 16), (9, 30), (3, 5), (1, 1)])
def test_probabilities_lie_on_the_grid_of_the_case(device: Device, planar: bool, sides: tuple[int, int]) -> None:
    plan = _plan(planar)
    shape = (1, *sides) if planar else (11, *sides)
    samples = Ensemble(UNET, plan, 1, 3, _weights(plan), device).samples(_prepared(shape, plan))
    assert samples.shape == (2, 3, *shape)
    assert samples.dtype == np.float32
    assert np.allclose(samples.sum(axis=1), 1, atol=1e-5)
    assert not np.allclose(samples[0], samples[1])


def test_a_resampled_case_comes_back_to_its_own_grid(device: Device) -> None:
    plan = _plan(spacing=(1.0, 1.0, 1.0))
    prepared = _prepared((9, 20, 14), plan, (2.0, 0.7, 1.3))
    assert prepared.image.shape == (1, 18, 14, 18)
    assert Ensemble(UNET, plan, 1, 3, _weights(plan), device).samples(prepared).shape == (2, 3, 9, 20, 14)


@pytest.mark.parametrize("planar", [False, True], ids=["3D", "2D"])
def test_windows_agree_with_one_pass(device: Device, planar: bool) -> None:
    plan = _plan(planar)
    prepared = _prepared((1, 40, 36) if planar else (20, 32, 28), plan)
    weights = _weights(plan, 1)
    whole = Ensemble(UNET, plan, 1, 3, weights, replace(device, memory=MEMORY)).samples(prepared)
    watch = Watch()
    windows = Ensemble(UNET, plan, 1, 3, weights, replace(device, memory=NO_MEMORY)).samples(prepared, watch)
    assert watch.calls > 4  # really in windows, and each may be cancelled
    # Instance norm sees other surroundings in a window, so the two are close, not equal.
    assert np.abs(whole - windows).mean() < 0.06
    assert np.corrcoef(whole.ravel(), windows.ravel())[0, 1] > 0.8


class _Echo(nn.Module):
    """Answers each voxel with its own value."""

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return torch.cat([image, -image], dim=1)


class _EchoRecipe(SmallUNet):
    def build(self, plan: Plan, channels: int, outputs: int) -> nn.Module:
        return _Echo()


@pytest.mark.parametrize("memory", [MEMORY, NO_MEMORY], ids=["one pass", "windows"])
@pytest.mark.parametrize("shape", [(9, 21, 30), (17, 8, 11), (24, 24, 24)])
def test_every_voxel_gets_its_own_answer(device: Device, memory: Memory, shape: tuple[int, int, int]) -> None:
    """Whatever padding and windows do, they do not move anything."""
    plan = replace(_plan(), widths=(4, 8, 8, 8), strides=((2, 2, 2),) * 3)
    prepared = _prepared(shape, plan)
    found = Ensemble(_EchoRecipe(), plan, 1, 2, [{}], replace(device, memory=memory)).samples(prepared)[0]
    value = torch.from_numpy(prepared.image)
    assert np.allclose(found, torch.cat([value, -value]).softmax(dim=0).numpy(), atol=1e-5)


@pytest.mark.parametrize("members", [[{}], [{}, {}]])
def test_what_surrounds_a_case_is_background(device: Device, members: list[dict[str, torch.Tensor]]) -> None:
    """A box in air is answered as the box alone, but that instance norm would see less; the echo has none."""
    plan = _plan()
    inner = _prepared((12, 16, 20), plan).image
    image = np.full((1, 30, 40, 44), inner.min() - 1.0, dtype=np.float32)
    image[:, 5:17, 10:26, 20:40] = inner
    prepared = Prepared(image, grid((30, 40, 44)), (1.0, 1.0, 1.0))
    for memory in (MEMORY, NO_MEMORY):
        ensemble = Ensemble(_EchoRecipe(), plan, 1, 2, members, replace(device, memory=memory))
        found = ensemble.samples(prepared)
        assert found.shape == (len(members), 2, 30, 40, 44)
        value = torch.from_numpy(inner)
        expected = torch.cat([value, -value]).softmax(dim=0).numpy()
        assert np.allclose(found[:, :, 5:17, 10:26, 20:40], expected, atol=1e-5)
        outside = np.ones((30, 40, 44), dtype=bool)
        outside[5:17, 10:26, 20:40] = False
        assert np.array_equal(found[0, 0][outside], np.ones(outside.sum()))
        assert not found[0, 1][outside].any()


class _Greedy(nn.Module):
    """Runs out of memory above so many voxels, or always while it is on the graphics card."""

    def __init__(self, voxels: int, allowed: int) -> None:
        super().__init__()
        self.voxels, self.failures, self.allowed = voxels, 0, allowed

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        if image.numel() > self.voxels and self.failures < self.allowed:
            self.failures += 1
            msg = "CUDA out of memory."
            raise torch.OutOfMemoryError(msg)
        return torch.cat([image, -image], dim=1)


@pytest.mark.parametrize(("voxels", "allowed", "ends_on_cpu"), [(16**3, 9, False), (0, 2, True)])
def test_a_full_memory_means_smaller_windows_then_the_cpu(
    device: Device, voxels: int, allowed: int, ends_on_cpu: bool
) -> None:
    greedy = _Greedy(voxels, allowed)

    class Recipe(SmallUNet):
        def build(self, plan: Plan, channels: int, outputs: int) -> nn.Module:
            return greedy

    accelerator = replace(device, torch=torch.device("cpu", 0), memory=replace(MEMORY, accelerated=True))
    plan = _plan()
    prepared = _prepared((20, 32, 28), plan)
    ensemble = Ensemble(Recipe(), plan, 1, 2, [{}], accelerator)
    value = torch.from_numpy(prepared.image)
    found = ensemble.samples(prepared)[0]
    assert np.allclose(found, torch.cat([value, -value]).softmax(dim=0).numpy(), atol=1e-5)
    assert greedy.failures == (2 if ends_on_cpu else 1)
    assert ensemble._device.memory.accelerated is not ends_on_cpu


def test_windows_larger_than_the_case_serve_it_too(device: Device) -> None:
    plan = _plan()
    small = Ensemble(UNET, plan, 1, 3, _weights(plan), replace(device, memory=NO_MEMORY))
    assert small.samples(_prepared((5, 20, 7), plan)).shape == (2, 3, 5, 20, 7)


def test_a_case_smaller_than_the_deepest_level_is_served(device: Device) -> None:
    plan = replace(_plan(), widths=(4, 8, 8, 8), strides=((2, 2, 2),) * 3)
    ensemble = Ensemble(UNET, plan, 1, 3, _weights(plan), device)
    assert ensemble.samples(_prepared((5, 8, 7), plan)).shape == (2, 3, 5, 8, 7)


def test_cancel_is_answered_between_members(device: Device) -> None:
    plan = _plan()
    watch = cancel_at(2)
    with pytest.raises(JobCancelled):
        Ensemble(UNET, plan, 1, 3, _weights(plan, 3), device).samples(_prepared((8, 8, 8), plan), watch)
    assert watch.calls == 2


def test_a_class_is_one_row_for_each_member(device: Device) -> None:
    plan = RESNET.plan(Fingerprint(1, 1, (1.0, 1.0, 1.0), (20, 20, 20), (20, 20, 20), planar=False), MEMORY)
    torch.manual_seed(0)
    members = [RESNET.build(plan, 1, 4).state_dict() for _ in range(3)]
    array = np.random.default_rng(0).normal(size=(20, 21, 22))
    prepared = prepare([Volume(array, grid((20, 21, 22)))], plan, RESNET.target)
    samples = Ensemble(RESNET, plan, 1, 4, members, device).samples(prepared)
    assert samples.shape == (3, 4)
    assert np.allclose(samples.sum(axis=1), 1, atol=1e-5)


def test_weights_of_another_network_are_refused(device: Device) -> None:
    plan = _plan()
    for channels, outputs in ((2, 3), (1, 4)):
        with pytest.raises(ModelError, match="do not fit"):
            Ensemble(UNET, plan, channels, outputs, _weights(plan), device)


def _dropped(passes: int, seed: int = 0) -> Ensemble:
    """The real U-Net with dropout, tiny, on one thread."""
    plan = replace(_plan(), dropout=0.3)
    device = replace(choose_device("cpu"), half=False, threads=1)
    return Ensemble(UNET, plan, 1, 3, _weights(plan), device, asking=Asking(dropout_passes=passes, seed=seed))


def test_dropout_gives_passes_that_differ_and_come_again_by_their_seed() -> None:
    prepared = _prepared((12, 16, 12), _plan())
    ensemble = _dropped(3)
    torch.manual_seed(1)
    first = ensemble.samples(prepared)
    drawn = torch.rand(2)
    torch.manual_seed(1)
    assert torch.equal(torch.rand(2), drawn), "the generator of the process is left alone"
    assert first.shape == (6, 3, 12, 16, 12)
    assert all(not np.allclose(one, other) for one, other in itertools.combinations(first, 2))
    assert np.array_equal(first, _dropped(3).samples(prepared))
    assert not np.allclose(first, _dropped(3, seed=1).samples(prepared))
    ensemble.samples_together([_prepared((8, 16, 16), _plan()), prepared])
    assert np.array_equal(first, ensemble.samples(prepared))
    assert ensemble.together(prepared) == 1


class _Normed(nn.Module):
    """A norm with running statistics beside dropout, as networks of others have."""

    def __init__(self) -> None:
        super().__init__()
        self.norm, self.drop, self.head = nn.BatchNorm3d(1), nn.Dropout3d(0.5), nn.Conv3d(1, 2, 1)
        self.modes: list[tuple[bool, bool]] = []

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        self.modes.append((self.norm.training, self.drop.training))
        return self.head(self.drop(self.norm(image)))


def test_dropout_leaves_norms_as_they_were_learnt(device: Device) -> None:
    network = _Normed()

    class Recipe(SmallUNet):
        def build(self, plan: Plan, channels: int, outputs: int) -> nn.Module:
            return network

    plan = replace(_plan(), dropout=0.5)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    ensemble = Ensemble(Recipe(), plan, 1, 2, [before], device, asking=Asking(dropout_passes=2))
    ensemble.samples(_prepared((8, 8, 8), plan))
    assert network.modes == [(False, True)] * 2
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert not any(module.training for module in network.modules())


def test_dropout_is_not_switched_on_in_a_network_that_never_had_it(device: Device) -> None:
    with pytest.raises(ModelError, match="trained without dropout"):
        Ensemble(UNET, _plan(), 1, 3, _weights(_plan()), device, asking=Asking(dropout_passes=2))
    plan = replace(_plan(), dropout=0.2)  # a recipe that heeds no dropout
    ensemble = Ensemble(_EchoRecipe(), plan, 1, 2, [{}], device, asking=Asking(dropout_passes=2))
    with pytest.raises(ModelError, match="trained without dropout"):
        ensemble.samples(_prepared((8, 8, 8), plan))


@pytest.mark.parametrize("memory", [MEMORY, NO_MEMORY], ids=["one pass", "windows"])
def test_views_add_samples_and_move_nothing(device: Device, memory: Memory) -> None:
    """The echo answers with intensities, which views leave in their order and bring back to their place."""
    plan = replace(_plan(), widths=(4, 8, 8, 8), strides=((2, 2, 2),) * 3)
    prepared = _prepared((17, 12, 21), plan)
    asking = Asking(augmented=4, mirror=(Mirror.LEFT_RIGHT, Mirror.FRONT_BACK))
    ensemble = Ensemble(_EchoRecipe(), plan, 1, 2, [{}, {}], replace(device, memory=memory), asking=asking)
    samples = ensemble.samples(prepared)
    assert samples.shape == (2 * (1 + 3 + 4), 2, 17, 12, 21)
    plain = Ensemble(_EchoRecipe(), plan, 1, 2, [{}], device).samples(prepared)[0]
    for sample in samples[:4]:
        assert np.allclose(sample, plain, atol=1e-5)
    for sample in samples[4:8]:
        assert not np.allclose(sample, plain, atol=1e-3)
        assert np.corrcoef(sample[0].ravel(), plain[0].ravel())[0, 1] > 0.98
    assert np.allclose(samples[:8], samples[8:], atol=1e-6)


def test_views_of_a_case_in_air_move_nothing_either(device: Device) -> None:
    plan = _plan()
    inner = _prepared((11, 16, 19), plan).image
    image = np.full((1, 30, 40, 44), inner.min() - 1.0, dtype=np.float32)
    image[:, 5:16, 10:26, 20:39] = inner
    asking = Asking(augmented=2, mirror=(Mirror.LEFT_RIGHT,))
    ensemble = Ensemble(_EchoRecipe(), plan, 1, 2, [{}], device, asking=asking)
    plain, mirrored, *others = ensemble.samples(Prepared(image, grid((30, 40, 44)), (1.0, 1.0, 1.0)))
    assert np.allclose(plain, mirrored, atol=1e-5)
    outside = plain[1] == 0.0
    assert outside.sum() == image.size - inner.size
    for other in others:
        assert np.array_equal(other[1] == 0.0, outside)
        assert np.corrcoef(other[0][~outside], plain[0][~outside])[0, 1] > 0.98


def test_a_class_is_asked_in_several_ways_too(device: Device) -> None:
    plan = RESNET.plan(Fingerprint(1, 1, (1.0, 1.0, 1.0), (20, 20, 20), (20, 20, 20), planar=False), MEMORY)
    torch.manual_seed(0)
    members = [RESNET.build(plan, 1, 4).state_dict() for _ in range(2)]
    array = np.random.default_rng(0).normal(size=(20, 21, 22))
    prepared = prepare([Volume(array, grid((20, 21, 22)))], plan, RESNET.target)
    asking = Asking(augmented=2, mirror=(Mirror.HEAD_FEET,))
    samples = Ensemble(RESNET, plan, 1, 4, members, device, asking=asking).samples(prepared)
    assert samples.shape == (8, 4)
    assert np.allclose(samples.sum(axis=1), 1, atol=1e-5)
    assert all(not np.allclose(samples[0], other) for other in samples[1:4])


@pytest.mark.parametrize("accelerated", [False, True])
def test_cases_asked_together_are_answered_as_alone(device: Device, accelerated: bool) -> None:
    """Alike in shape or not, cropped or not, in order; the card's part is played by the CPU."""
    plan = _plan()
    ensemble = Ensemble(
        UNET, plan, 1, 3, _weights(plan), replace(device, memory=replace(MEMORY, accelerated=accelerated))
    )
    inner = _prepared((12, 16, 20), plan).image
    cropped = np.full((1, 30, 40, 44), inner.min() - 1.0, dtype=np.float32)
    cropped[:, 5:17, 10:26, 20:40] = inner
    cases = [
        _prepared((12, 16, 20), plan),
        Prepared(cropped, grid((30, 40, 44)), (1.0, 1.0, 1.0)),
        _prepared((11, 16, 20), plan),
    ]
    for group in (cases, [*cases, _prepared((8, 8, 8), plan)]):
        together = ensemble.samples_together(group)
        for case, found in zip(group, together, strict=True):
            assert np.allclose(found, ensemble.samples(case), atol=1e-5)
    assert (ensemble.together(cases[0]) > 1) is accelerated


def test_classes_share_a_pass(device: Device) -> None:
    plan = RESNET.plan(Fingerprint(1, 1, (1.0, 1.0, 1.0), (20, 20, 20), (20, 20, 20), planar=False), MEMORY)
    torch.manual_seed(0)
    ensemble = Ensemble(RESNET, plan, 1, 4, [RESNET.build(plan, 1, 4).state_dict()], device)
    random = np.random.default_rng(0)
    cases = [
        prepare([Volume(random.normal(size=(20, 21, 22)), grid((20, 21, 22)))], plan, RESNET.target) for _ in range(5)
    ]
    assert ensemble.together(cases[0]) >= 5
    watch = Watch()
    together = ensemble.samples_together(cases, watch)
    assert watch.calls <= 2, "one pass"
    for case, found in zip(cases, together, strict=True):
        assert np.allclose(found, ensemble.samples(case), atol=1e-6)


@pytest.mark.parametrize(("side", "difference"), [(1, 1e-5), (3, 1e-2)])
def test_it_answers_as_the_sliding_windows_of_monai(device: Device, side: int, difference: float) -> None:
    """Alike where a network sees single voxels; where it sees some around them, but for the windows' rims."""
    plan = replace(_plan(), patch=(16, 16, 16))
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv3d(1, 4, side, padding=side // 2), nn.ReLU(), nn.Conv3d(4, 2, side, padding=side // 2)
    )

    class Recipe(SmallUNet):
        def build(self, plan: Plan, channels: int, outputs: int) -> nn.Module:
            return network

    prepared = _prepared((32, 36, 40), plan)
    weights = network.state_dict()
    with torch.inference_mode():
        logits = SlidingWindowInferer((16, 16, 16), overlap=0.25, mode="gaussian")(
            torch.from_numpy(prepared.image)[None], network
        )
    peer = logits.softmax(dim=1)[0].numpy()
    for memory in (MEMORY, NO_MEMORY):
        found = Ensemble(Recipe(), plan, 1, 2, [weights], replace(device, memory=memory)).samples(prepared)[0]
        assert np.abs(found - peer).mean() < difference
        assert (found.argmax(axis=0) == peer.argmax(axis=0)).mean() > 0.95
