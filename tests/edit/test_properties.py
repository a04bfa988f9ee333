"""What holds for every correction tool, whatever is drawn."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_medal.core.progress import Silent
from napari_medal.edit import (
    combine,
    copy_slice,
    fill_between,
    fill_holes,
    flood,
    grow_seeds,
    hollow,
    island,
    keep_largest,
    margin,
    pick_candidate,
    remove_small,
    restore,
    smooth,
    split,
    threshold,
)
from napari_medal.edit.extent import Extent
from napari_medal.errors import DrawingError, JobCancelled
from tests.edit.drawings import LIVER, TUMOUR, drawings, turned, turned_array, used
from tests.small import cancel_at

ONE_LABEL = (
    fill_between.TOOL,
    replace(copy_slice.BEFORE, replace=False),
    copy_slice.AFTER,
    smooth.TOOL,
    replace(smooth.TOOL, extent=Extent.SLICE, filter=smooth.Filter.MEDIAN),
    replace(margin.TOOL, margin_mm=2.1),
    replace(margin.TOOL, margin_mm=-1.2),
    replace(margin.TOOL, margin_mm=1.5, extent=Extent.SLICE),
    replace(hollow.TOOL, wall_mm=1.1),
    replace(hollow.TOOL, wall_mm=1.1, wall=hollow.Wall.OUTSIDE, extent=Extent.SLICE),
    *(replace(fill_holes.TOOL, holes=holes) for holes in fill_holes.Holes),
    keep_largest.TOOL,
    *(
        replace(remove_small.TOOL, size=size, unit=unit)
        for size, unit in zip((40.0, 30.0, 80.0), remove_small.Unit, strict=True)
    ),
    island.KEEP,
    island.REMOVE,
    replace(pick_candidate.TOOL, place=2),
    replace(flood.TOOL, distance_mm=4.0),
    replace(flood.TOOL, extent=Extent.VOLUME),
    replace(threshold.TOOL, level=0.3),
    replace(threshold.TOOL, level=0.6, rival=threshold.Rival.ALL, touching=False),
)
"""These change the label that is chosen and background, and nothing else."""
OTHERS = (
    split.TOOL,
    grow_seeds.TOOL,
    replace(grow_seeds.TOOL, rim=False),
    *(replace(combine.TOOL, operation=operation, other=TUMOUR, margin_mm=1.5) for operation in combine.Operation),
    replace(combine.TOOL, operation=combine.Operation.COPY, other=LIVER, source=combine.Source.PREDICTION),
    *(replace(restore.TOOL, part=part) for part in restore.Part),
)
FLAT = (
    *(tool for tool in ONE_LABEL if getattr(tool, "extent", None) is Extent.SLICE),
    copy_slice.BEFORE,
    replace(fill_holes.TOOL, holes=fill_holes.Holes.SLICE),
    restore.TOOL,
)


def settings_of(tool) -> str:
    return repr(tool).split("group=")[0].split("tip=")[0] + repr(tool).split("group=")[-1]


def outcome(tool, drawing):
    """Return the mask after a tool, or the words with which it refuses."""
    try:
        return used(tool, drawing), ""
    except DrawingError as refusal:
        return drawing.mask, str(refusal)


@pytest.mark.parametrize("tool", ONE_LABEL + OTHERS, ids=settings_of)
@settings(max_examples=6)
@given(
    drawing=drawings(), order=st.permutations(range(3)), flips=st.tuples(st.booleans(), st.booleans(), st.booleans())
)
def test_it_does_not_matter_how_the_axes_run(tool, drawing, order, flips):
    other = turned(drawing, order, flips)
    its_tool = tool
    if isinstance(tool, copy_slice.CopySlice) and flips[other.axis]:
        its_tool = replace(tool, step=-tool.step)

    mask, refusal = outcome(tool, drawing)
    turned_mask, turned_refusal = outcome(its_tool, other)

    assert refusal == turned_refusal
    assert np.array_equal(turned_array(mask, order, flips), turned_mask)


@pytest.mark.parametrize("tool", ONE_LABEL, ids=settings_of)
@settings(max_examples=6)
@given(drawing=drawings())
def test_other_labels_stay(tool, drawing):
    mask, _ = outcome(tool, drawing)
    changed = mask != drawing.mask
    ways = set(zip(drawing.mask[changed].tolist(), mask[changed].tolist(), strict=True))
    assert ways <= {(0, LIVER), (LIVER, 0)}


@pytest.mark.parametrize("tool", FLAT, ids=settings_of)
@settings(max_examples=6)
@given(drawing=drawings())
def test_other_slices_stay(tool, drawing):
    mask, _ = outcome(tool, drawing)
    slices = np.unique(np.nonzero(mask != drawing.mask)[drawing.axis])
    assert set(slices.tolist()) <= {drawing.index[drawing.axis]}


@pytest.mark.parametrize("tool", ONE_LABEL + OTHERS, ids=settings_of)
@settings(max_examples=5)
@given(drawing=drawings())
def test_undo_brings_back_every_bit(tool, drawing):
    before = drawing.mask.copy()
    try:
        stroke = tool.apply(drawing, Silent())
    except DrawingError:
        return
    assert np.array_equal(drawing.mask, before)
    mask = drawing.mask.copy()
    stroke.apply(mask)
    assert (len(stroke) > 0) == bool((mask != before).any())
    stroke.revert(mask)
    assert np.array_equal(mask, before)


@pytest.mark.parametrize("tool", ONE_LABEL + OTHERS, ids=settings_of)
def test_it_does_something_to_some_drawing(tool):
    from tests.edit.drawings import SPACINGS_MM, blobs

    made = (blobs((9, 10, 11), SPACINGS_MM[seed % 3], seed) for seed in range(12))
    if isinstance(tool, split.Split):
        made = (replace(drawing, mask=np.where(drawing.mask == LIVER, LIVER, 0).astype(np.uint8)) for drawing in made)
    assert any((outcome(tool, drawing)[0] != drawing.mask).any() for drawing in made)


@pytest.mark.parametrize("tool", ONE_LABEL + OTHERS, ids=settings_of)
def test_it_can_be_cancelled(tool):
    from tests.edit.drawings import blobs

    drawing = blobs((9, 10, 11), (1.0, 1.0, 1.0), 5)
    drawing = replace(
        drawing, index=tuple(int(place) for place in np.argwhere(drawing.mask[3:] == LIVER)[0] + (3, 0, 0))
    )
    if isinstance(tool, fill_between.FillBetween):
        drawing.mask[5] = 0
    with pytest.raises(JobCancelled):
        tool.apply(drawing, cancel_at(1))
