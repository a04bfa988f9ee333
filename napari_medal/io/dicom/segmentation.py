"""DICOM SEG objects: binary, fractional and label maps."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from napari_medal.core.grid import Grid
from napari_medal.errors import FormatError, GeometryError
from napari_medal.io.dicom.decoding import decode
from napari_medal.io.dicom.file_words import file_words
from napari_medal.io.dicom.frame import Frame, frames_of
from napari_medal.io.dicom.header import Header
from napari_medal.io.dicom.label_names import LabelName
from napari_medal.io.dicom.plane_in_grid import PlaneInGrid

_Bits = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Numbers:
    """The pixels of all frames: packed bits, or numbers and what of them belongs to a segment."""

    frames: npt.NDArray[Any]
    kind: str
    half: float
    shape: tuple[int, int]

    def of(self, index: int, segment: int) -> _Bits:
        """Return the (row, column) pixels of a frame that belong to a segment."""
        if self.kind == "LABELMAP":
            return np.asarray(self.frames[index] == segment)
        if self.frames.ndim == 3:
            return np.asarray(self.frames[index] >= self.half)
        count = self.shape[0] * self.shape[1]
        first, last = index * count, (index + 1) * count
        bits = np.unpackbits(self.frames[first // 8 : -(-last // 8)], bitorder="little")
        return bits[first % 8 :][:count].reshape(self.shape).astype(np.bool_)


@dataclass(frozen=True)
class Segmentation:
    """A SEG object; fractional segments hold what is at least half of the largest value.

    Args:
        names: Its segments.
    """

    names: tuple[LabelName, ...]
    _header: Header
    _frames: tuple[Frame, ...]
    _segments: tuple[int, ...]
    _numbers: _Numbers

    @classmethod
    def read(cls, header: Header) -> Self:
        """Read the object.

        Raises:
            FormatError: It is damaged, or does not say where its frames lie.
        """
        import pydicom

        words = file_words(header.path, header.person)
        frames = frames_of(header)
        if not all(frame.is_placed for frame in frames):
            msg = f"{words}: found a segmentation that does not say where its frames lie; wanted plane positions."
            raise FormatError(msg)
        try:
            dataset = pydicom.dcmread(header.path, force=True)
            kind = str(dataset.SegmentationType)
            names = [
                LabelName(int(segment.SegmentNumber), str(segment.get("SegmentLabel", "")))
                for segment in dataset.SegmentSequence
                if kind != "LABELMAP" or int(segment.SegmentNumber)
            ]
            groups = dataset.get("SharedFunctionalGroupsSequence") or [None]
            segments = [_segment(group, groups[0], kind) for group in dataset.PerFrameFunctionalGroupsSequence]
            half = float(dataset.get("MaximumFractionalValue", 255)) / 2 if kind == "FRACTIONAL" else 1.0
            numbers = _Numbers(_stored(dataset, header), kind, half, (int(dataset.Rows), int(dataset.Columns)))
        except FormatError:
            raise
        except Exception as error:  # damaged objects make pydicom raise almost anything
            msg = f"{words}: found a damaged segmentation ({type(error).__name__}); wanted a whole one."
            raise FormatError(msg) from error
        return cls(tuple(names), header, tuple(frames), tuple(segments), numbers)

    def draw(self, number: int, grid: Grid) -> _Bits:
        """Return the (Z, Y, X) voxels of a segment on a canonical grid.

        Raises:
            GeometryError: Frames do not lie on the grid's voxels, or reach beyond it.
        """
        region = np.zeros(grid.shape, dtype=np.bool_)
        words = file_words(self._header.path, self._header.person)
        for index, (frame, segment) in enumerate(zip(self._frames, self._segments, strict=True)):
            if segment not in {number, 0}:
                continue
            pixels = self._numbers.of(index, number)
            if not pixels.any():
                continue
            plane = PlaneInGrid.of(frame, grid)
            if plane is None or not plane.paint(pixels, region):
                msg = f"{words}: found frame {frame.number or 1} beside the voxels of its image; wanted it on {grid}."
                raise GeometryError(msg)
        return region


def _segment(own: Any, shared: Any, kind: str) -> int:
    """Return which segment a frame is of; 0 for all, in a label map."""
    if kind == "LABELMAP":
        return 0
    for group in (own, shared):
        found = None if group is None else group.get("SegmentIdentificationSequence")
        if found:
            return int(found[0].ReferencedSegmentNumber)
    msg = "a frame of no segment"
    raise ValueError(msg)


def _stored(dataset: Any, header: Header) -> npt.NDArray[Any]:
    """Return packed bits (n,), or numbers (frame, row, column)."""
    plain = not dataset.file_meta.TransferSyntaxUID.is_encapsulated
    if plain and dataset.BitsAllocated == 1:
        bits = np.frombuffer(dataset.PixelData, dtype=np.uint8)
        if bits.size * 8 < dataset.Rows * dataset.Columns * len(dataset.PerFrameFunctionalGroupsSequence):
            msg = "too few bits"
            raise ValueError(msg)
        return bits
    return decode(header)
