"""Drawings for tests of correction tools: made at random, turned round, and of known shape."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st
from scipy import ndimage

from napari_medal.core.drawing import Drawing
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.progress import Silent
from napari_medal.core.tool import EditTool
from tests.small import grid

SCHEME = LabelScheme(
    (LabelClass(2, "liver", "#ff0000"), LabelClass(4, "tumour", "#00ff00"), LabelClass(7, "cyst", "#0000ff"))
)
LIVER, TUMOUR, CYST = SCHEME.values
SPACINGS_MM = ((1.0, 1.0, 1.0), (3.0, 0.7, 0.7), (0.9, 2.1, 1.3))


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    """Return blobs of three labels, with an image and a prediction that have something to do with them."""
    shape = tuple(draw(st.integers(5, 11)) for _ in range(3))
    return blobs(shape, draw(st.sampled_from(SPACINGS_MM)), draw(st.integers(0, 10_000)), draw(st.integers(0, 2)))


def blobs(shape: Sequence[int], spacing_mm: Sequence[float], seed: int, axis: int = 0) -> Drawing:
    rng = np.random.default_rng(seed)
    fields = np.stack([ndimage.gaussian_filter(rng.normal(size=shape), 1.2) for _ in range(4)]).astype(np.float32)
    fields /= fields.std()
    fields[0] += 0.5
    mask = np.array((0, *SCHEME.values), np.uint8)[np.argmax(fields, axis=0)]
    mask[rng.random(shape) < 0.06] = 0  # holes
    if seed % 4 == 0:
        np.moveaxis(mask, axis, 0)[1:-1][rng.random(shape[axis] - 2) < 0.6] = 0  # slices that are left out
    chances = np.exp(2.0 * fields + 0.7 * rng.normal(size=fields.shape).astype(np.float32))
    chances /= chances.sum(axis=0)
    prediction = np.array((0, *SCHEME.values), np.uint8)[np.argmax(chances, axis=0)]
    image = (mask * 30.0 + rng.normal(0.0, 10.0, shape)).astype(np.float32)
    index = tuple(int(rng.integers(0, size)) for size in shape)
    on_label = np.argwhere(mask == LIVER)
    if seed % 3 and len(on_label):
        index = tuple(int(place) for place in on_label[rng.integers(0, len(on_label))])
    return Drawing(mask, image, grid(shape, spacing_mm), SCHEME, LIVER, index, axis, prediction, chances)


def shown(mask: np.ndarray, spacing_mm: Sequence[float] = (1.0, 1.0, 1.0), **more: object) -> Drawing:
    """Return a drawing of a mask, on an image of noise, with the first label chosen."""
    image = np.random.default_rng(0).normal(0.0, 1.0, mask.shape)
    middle = tuple(size // 2 for size in mask.shape)
    plain = Drawing(mask, image, grid(mask.shape, spacing_mm), SCHEME, LIVER, middle)
    return replace(plain, **more)


def ball(shape: Sequence[int], spacing_mm: Sequence[float], radius_mm: float) -> np.ndarray:
    """Return a ball in the middle of a volume."""
    return distance_from_middle_mm(shape, spacing_mm) <= radius_mm


def distance_from_middle_mm(shape: Sequence[int], spacing_mm: Sequence[float]) -> np.ndarray:
    places = np.meshgrid(
        *((np.arange(size) - size // 2) * mm for size, mm in zip(shape, spacing_mm, strict=True)), indexing="ij"
    )
    return np.sqrt(sum(place**2 for place in places))


def turned(drawing: Drawing, order: Sequence[int], flips: Sequence[bool]) -> Drawing:
    """Return the same drawing with its axes in another order and some of them running backwards."""

    def index_of() -> tuple[int, ...]:
        ordered = [drawing.index[axis] for axis in order]
        sizes = [drawing.grid.shape[axis] for axis in order]
        return tuple(
            size - 1 - place if flip else place for place, size, flip in zip(ordered, sizes, flips, strict=True)
        )

    spacing_mm = [drawing.grid.spacing_mm[axis] for axis in order]
    return replace(
        drawing,
        mask=turned_array(drawing.mask, order, flips),
        image=turned_array(drawing.image, order, flips),
        grid=grid([drawing.grid.shape[axis] for axis in order], spacing_mm),
        index=index_of(),
        axis=list(order).index(drawing.axis),
        prediction=turned_array(drawing.prediction, order, flips),
        probabilities=np.stack([turned_array(chance, order, flips) for chance in drawing.probabilities]),
    )


def turned_array(array: np.ndarray, order: Sequence[int], flips: Sequence[bool]) -> np.ndarray:
    along = tuple(axis for axis, flip in enumerate(flips) if flip)
    return np.ascontiguousarray(np.flip(np.transpose(array, order), along))


def used(tool: EditTool, drawing: Drawing) -> np.ndarray:
    """Return the mask after a tool was used."""
    mask = drawing.mask.copy()
    tool.apply(drawing, Silent()).apply(mask)
    return mask
