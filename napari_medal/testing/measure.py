"""The check of an uncertainty measure."""

from itertools import product

import numpy as np

from napari_medal.core.measure import Measure
from napari_medal.testing.breach import attempt, require, require_identity
from napari_medal.testing.phantom import ensemble
from napari_medal.types import FloatArray, Samples

_SPACES = ((3, 4, 5), (1, 6, 6), ())
_TOLERANCE = 1e-5


def check_measure(measure: Measure) -> None:
    """Check shapes, type and range, certainty, symmetry, and that the measure answers to doubt.

    Raises:
        ExtensionError: The first promise that is not kept.
    """
    what = require_identity("measure", measure, Measure)
    for space, members, classes in product(_SPACES, (1, 3, 4), (2, 3)):
        _check_arrays(what, measure, ensemble(members, classes, space))
    for space in _SPACES:
        _check_certainty(what, measure, space)
        _check_symmetry(what, measure, ensemble(4, 3, space))
        _check_doubt(what, measure, space)


def _check_arrays(what: str, measure: Measure, samples: Samples) -> None:
    before = samples.copy()
    for part, shape, array in (
        ("map", samples.shape[2:], _map(what, measure, samples)),
        ("per_class", samples.shape[1:2], _per_class(what, measure, samples)),
    ):
        require(
            isinstance(array, np.ndarray | np.generic),
            f"{what}: {part} gave {type(array).__name__}; wanted an array.",
        )
        require(
            array.shape == shape,
            f"{what}: {part} of samples {samples.shape} has shape {array.shape}; wanted {shape}.",
        )
        require(array.dtype == np.float32, f"{what}: {part} is of {array.dtype}; wanted float32.")
        require(np.isfinite(array).all(), f"{what}: {part} is not finite everywhere.")
        require(
            array.min() >= 0.0 and array.max() <= 1.0,
            f"{what}: {part} spans {array.min():g} to {array.max():g}; wanted 0 to 1.",
        )
    require(np.array_equal(before, samples), f"{what} changed the samples it was given.")


def _check_certainty(what: str, measure: Measure, space: tuple[int, ...]) -> None:
    samples = _one_hot(np.random.default_rng(0).integers(0, 3, (1, *space)).repeat(3, axis=0), 3)
    for part, array in (
        ("map", _map(what, measure, samples)),
        ("per_class", _per_class(what, measure, samples)),
    ):
        require(
            array.max() <= _TOLERANCE,
            f"{what}: {part} is {array.max():g} where all members are certain of the same class; wanted 0.",
        )


def _check_symmetry(what: str, measure: Measure, samples: Samples) -> None:
    places, classes = _map(what, measure, samples), _per_class(what, measure, samples)
    others = samples[[2, 0, 3, 1]]
    require(
        np.allclose(_map(what, measure, others), places, atol=_TOLERANCE)
        and np.allclose(_per_class(what, measure, others), classes, atol=_TOLERANCE),
        f"{what} depends on the order of the ensemble members.",
    )
    order = [2, 0, 1]
    turned = samples[:, order]
    require(
        np.allclose(_map(what, measure, turned), places, atol=_TOLERANCE)
        and np.allclose(_per_class(what, measure, turned), classes[order], atol=_TOLERANCE),
        f"{what} depends on the order of the classes.",
    )


def _check_doubt(what: str, measure: Measure, space: tuple[int, ...]) -> None:
    members = np.arange(4).reshape(4, *[1 for _ in space])
    contradicting = _one_hot(np.broadcast_to(members % 2, (4, *space)), 2)
    uniform = np.full_like(contradicting, 0.5)
    for part, function in (("map", _map), ("per_class", _per_class)):
        largest = max(function(what, measure, samples).max() for samples in (contradicting, uniform))
        require(
            largest > 0.1,
            f"{what}: {part} is at most {largest:g} where members contradict and where all classes "
            "are equally likely; wanted more than 0.1 in one of them.",
        )


def _one_hot(labels: "np.ndarray[tuple[int, ...], np.dtype[np.int64]]", classes: int) -> Samples:
    return np.stack([labels == label for label in range(classes)], axis=1).astype(np.float32)


def _map(what: str, measure: Measure, samples: Samples) -> FloatArray:
    return attempt(f"{what}: map of samples {samples.shape}", measure.map, samples)


def _per_class(what: str, measure: Measure, samples: Samples) -> FloatArray:
    return attempt(f"{what}: per_class of samples {samples.shape}", measure.per_class, samples)
