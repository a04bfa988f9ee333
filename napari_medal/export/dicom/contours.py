"""Outlines of a mask along the edges of its pixels."""

import numpy as np
import numpy.typing as npt

Vertex = tuple[int, int]
Outline = npt.NDArray[np.float64]

_STEPS = ((0, 1), (1, 0), (0, -1), (-1, 0))
"""Right, down, left, up: the order in which a walk turns clockwise, rows growing downwards."""


def contours(mask: npt.NDArray[np.bool_]) -> list[Outline]:
    """Return one closed outline for each region of a (rows, columns) mask: (N, 2) row and column, whole at centres.

    Every point of an outline is a corner of a pixel, half a pixel from the nearest centre, so that whoever fills it by
    the centres of pixels gets the very mask back, and its area is that of its pixels. Pixels that touch at a corner
    alone are two regions. A hole is joined to its outline by a channel of no width (the keyhole of DICOM PS3.3,
    C.8.8.6.3), which runs along edges of pixels as well; so outlines never overlap, and it does not matter whether
    they are filled one by one or by turns.
    """
    loops = _loops(mask)
    regions = _regions(mask)
    outer: dict[int, list[Vertex]] = {}
    holes: dict[int, list[list[Vertex]]] = {}
    for loop in loops:
        region = int(regions[_pixel_right_of(loop)])
        if _twice_area(loop) > 0:
            outer[region] = loop
        else:
            holes.setdefault(region, []).append(loop)
    return [_outline(outer[region], holes.get(region, [])) for region in sorted(outer)]


def _regions(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
    from scipy import ndimage

    labelled, _ = ndimage.label(mask)
    return np.asarray(labelled, dtype=np.int32)


def _loops(mask: npt.NDArray[np.bool_]) -> list[list[Vertex]]:
    """Walk along every border with the mask to the right; pixels that meet at a corner alone stay apart."""
    ways = _ways(mask)
    left = {(vertex, heading) for vertex, headings in ways.items() for heading in headings}
    loops = []
    for vertex, heading in sorted(left):
        loop = []
        while (vertex, heading) in left:
            left.remove((vertex, heading))
            loop.append(vertex)
            vertex = (vertex[0] + _STEPS[heading][0], vertex[1] + _STEPS[heading][1])
            heading = _tightest(ways[vertex], heading)
        if loop:
            loops.append(loop)
    return loops


def _ways(mask: npt.NDArray[np.bool_]) -> dict[Vertex, list[int]]:
    """Return the directions in which borders leave each corner; corner (r, c) is the upper left one of pixel (r, c)."""
    inside = np.pad(mask, 1)
    here = inside[1:-1, 1:-1]
    borders = (
        (here & ~inside[:-2, 1:-1], (0, 0)),
        (here & ~inside[1:-1, 2:], (0, 1)),
        (here & ~inside[2:, 1:-1], (1, 1)),
        (here & ~inside[1:-1, :-2], (1, 0)),
    )
    ways: dict[Vertex, list[int]] = {}
    for heading, (pixels, (down, right)) in enumerate(borders):
        for row, column in np.argwhere(pixels).tolist():
            ways.setdefault((row + down, column + right), []).append(heading)
    return ways


def _tightest(headings: list[int], heading: int) -> int:
    """Choose the way that turns right, else goes straight on, else turns left."""
    return min(headings, key=lambda way: (1 - (way - heading)) % 4)


def _pixel_right_of(loop: list[Vertex]) -> Vertex:
    """Return the pixel to the right of a loop's first step."""
    (row, column), (next_row, next_column) = loop[0], loop[1]
    heading = _STEPS.index((next_row - row, next_column - column))
    return (row - (heading >= 2), column - (heading in (1, 2)))


def _twice_area(loop: list[Vertex]) -> int:
    """Return twice the area that a loop encloses; below zero where it runs round a hole."""
    corners = np.array([*loop, loop[0]], dtype=np.int64)
    rows, columns = corners[:, 0], corners[:, 1]
    return int((columns[:-1] * rows[1:] - columns[1:] * rows[:-1]).sum())


def _outline(outer: list[Vertex], holes: list[list[Vertex]]) -> Outline:
    """Join holes to their outline: whoever walks along it goes round each hole on the way."""
    hung = _hung(outer, [_from_left_end(hole) for hole in holes])
    walked: list[Vertex] = []
    walks = [iter(outer)]
    while walks:
        vertex = next(walks[-1], None)
        if vertex is None:
            walks.pop()
            continue
        walked.append(vertex)
        # The last step round a hole runs along its upper edge, in line with the channel back.
        walks += [iter([*hole, vertex]) for hole in hung.pop(vertex, [])]
    corners = _corners(np.array(walked, dtype=np.float64))
    return np.asarray(corners - 0.5, dtype=np.float64)


def _from_left_end(hole: list[Vertex]) -> list[Vertex]:
    first = min(range(len(hole)), key=lambda place: hole[place][::-1])
    return hole[first:] + hole[:first]


def _hung(outer: list[Vertex], holes: list[list[Vertex]]) -> dict[Vertex, list[list[Vertex]]]:
    """Return the holes that hang on each vertex: straight left of a hole's left end lies what was joined before."""
    known = set(outer)
    hung: dict[Vertex, list[list[Vertex]]] = {}
    for hole in sorted(holes, key=lambda loop: loop[0][::-1]):
        row, column = hole[0]
        left = next(place for place in range(column, -1, -1) if (row, place) in known)
        hung.setdefault((row, left), []).append(hole)
        known.update(hole)
    return hung


def _corners(loop: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Drop vertices at which the way goes straight on."""
    before, after = loop - np.roll(loop, 1, axis=0), np.roll(loop, -1, axis=0) - loop
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    turns_back = (before * after).sum(axis=1) < 0
    return np.asarray(loop[(cross != 0) | turns_back], dtype=np.float64)
