"""What holds where an answer is a number for each case."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from napari_medal.core.class_plan import Classifier, plan_class
from napari_medal.core.plan import Fingerprint, Memory, Plan, ValueScale
from napari_medal.core.target import Target
from napari_medal.core.volume import Volume
from napari_medal.engine.augment import Augmenter
from napari_medal.engine.device import Device, choose_device
from napari_medal.engine.ensemble import Ensemble
from napari_medal.engine.examples import Batch, BatchSource, Example
from napari_medal.engine.prepare import Prepared, prepare
from napari_medal.engine.train import Training, train
from napari_medal.errors import ModelError
from tests.engine.learning import Losses
from tests.small import SmallClassifier, grid

YEARS = ValueScale(60.0, 20.0)
RECIPE = SmallClassifier("small-value", target=Target.VALUE)
VOLUMES = Fingerprint(4, 1, (1.0, 1.0, 1.0), (16, 16, 16), (16, 16, 16), planar=False)
IMAGES = Fingerprint(4, 1, (1.0, 1.0, 1.0), (1, 16, 16), (1, 16, 16), planar=True)
MEMORY = Memory(2**30, accelerated=False)


@pytest.fixture(scope="module")
def device() -> Device:
    return replace(choose_device("cpu"), half=False, threads=1)


def _example(shape: tuple[int, int, int], value: float) -> Example:
    """Noise around a level that goes with the value."""
    noise = np.random.default_rng(int(value)).normal(0, 0.3, shape)
    image = (noise + (value - YEARS.mean) / YEARS.deviation)[None].astype(np.float32)
    return Example(Prepared(image, grid(shape), (1.0, 1.0, 1.0)), value=value)


def _plan(fingerprint: Fingerprint) -> Plan:
    return replace(RECIPE.plan(fingerprint, MEMORY), value_scale=YEARS)


def test_cases_are_drawn_alike_and_values_standardised() -> None:
    examples = [_example((16, 16, 16), value) for value in (40.0, 60.0, 60.0, 90.0)]
    source = BatchSource(examples, replace(_plan(VOLUMES), batch=50), Target.VALUE, 0)
    batches = [source.draw() for _ in range(8)]
    assert (batches[0].images.shape, batches[0].answers.dtype) == ((50, 1, 16, 16, 16), torch.float32)
    answers = torch.cat([batch.answers for batch in batches])
    assert answers.shape == (400, 1)
    values, counts = answers.unique(return_counts=True)
    assert values.tolist() == [-1.0, 0.0, 1.5]
    assert counts.numpy() == pytest.approx([100, 200, 100], abs=35)


@pytest.mark.parametrize(("value", "scale"), [(None, YEARS), (40.0, None)])
def test_a_value_or_a_scale_that_is_missing_is_said(value: float | None, scale: ValueScale | None) -> None:
    examples = [replace(_example((16, 16, 16), 40.0), value=value)]
    with pytest.raises(ModelError, match="wanted both"):
        BatchSource(examples, replace(_plan(VOLUMES), value_scale=scale), Target.VALUE, 0).draw()


@pytest.mark.parametrize("fingerprint", [VOLUMES, IMAGES], ids=["3D", "2D"])
def test_it_learns_and_answers_in_the_unit_of_the_labels(device: Device, fingerprint: Fingerprint) -> None:
    shape = fingerprint.median_shape
    examples = [_example(shape, value) for value in (30.0, 45.0, 60.0, 75.0, 90.0)]
    plan = replace(_plan(fingerprint), cold_steps=120, learning_rate=3e-2, batch=8)
    curve = Losses()
    members = train(Training(RECIPE, plan, 1, 1, examples, None, 0, device), curve)
    assert np.mean(curve.values[-3:]) < 0.3 * curve.values[0]
    ensemble = Ensemble(RECIPE, plan, 1, 1, members, device)
    for value in (35.0, 85.0):
        samples = ensemble.samples(_example(shape, value).prepared)
        assert samples.shape == (2, 1)
        assert samples.mean() == pytest.approx(value, abs=10.0)
    other = Ensemble(RECIPE, replace(plan, value_scale=ValueScale(0.0, 1.0)), 1, 1, members, device)
    again = other.samples(examples[0].prepared) * YEARS.deviation + YEARS.mean
    np.testing.assert_allclose(again, ensemble.samples(examples[0].prepared), rtol=1e-5)


def test_augmenting_for_a_value_changes_no_size() -> None:
    image = torch.zeros(64, 1, 32, 32, 32)
    image[:, :, 12:20, 12:20, 12:20] = 1.0
    batch = Batch(image, torch.zeros(64, 1))
    spread = []
    for keeps_sizes in (True, False):
        changed = Augmenter((1.0, 1.0, 1.0), torch.Generator().manual_seed(0), keeps_sizes=keeps_sizes)(batch)
        low, high = (changed.images.flatten(1).quantile(q, dim=1)[:, None] for q in (0.5, 0.995))
        sizes = (changed.images.flatten(1) > (low + high) / 2).sum(dim=1).float()
        spread.append(float(sizes.std() / sizes.mean()))
    assert spread[0] < 0.1 < 0.2 < spread[1]


def test_large_volumes_stay_larger_than_small_ones() -> None:
    fingerprint = Fingerprint(4, 1, (2.0, 1.0, 1.0), (20, 40, 40), (40, 60, 60), planar=False)
    classifier = Classifier((4, 8))
    plan = plan_class(fingerprint, MEMORY, classifier, Target.VALUE)
    assert plan.spacing_mm is not None
    assert max(plan.patch) == 64
    assert plan_class(fingerprint, MEMORY, classifier).spacing_mm is None
    assert plan_class(replace(fingerprint, planar=True), MEMORY, classifier, Target.VALUE).spacing_mm is None
    inside = []
    for shape in ((20, 30, 30), (40, 60, 60), (80, 120, 120)):
        array = np.random.default_rng(0).uniform(1, 2, shape).astype(np.float32)
        array[0, 0, 0] = -50.0  # the lowest value, which the box is filled with
        prepared = prepare([Volume(array, grid(shape, (2.0, 1.0, 1.0)))], plan, Target.VALUE)
        assert prepared.image.shape[1:] == plan.patch
        inside.append(np.count_nonzero(prepared.image > prepared.image.min()))
    assert inside[1] / inside[0] == pytest.approx(8, rel=0.1)
    assert inside[2] == pytest.approx(inside[1], rel=0.1)
