"""Which series a segmentation or a structure set was drawn on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from napari_medal.errors import FormatError
from napari_medal.io.dicom.file_words import file_words
from napari_medal.io.dicom.header import Header


@dataclass(frozen=True)
class Referenced:
    """What a label refers to.

    Args:
        series: UIDs of series.
        spaces: UIDs of frames of reference.
    """

    series: frozenset[str]
    spaces: frozenset[str]

    @classmethod
    def of(cls, header: Header) -> Self:
        """Read it from a SEG or RTSTRUCT object.

        Raises:
            FormatError: Its references are damaged.
        """
        import pydicom

        wanted = ["ReferencedSeriesSequence", "ReferencedFrameOfReferenceSequence"]
        try:
            dataset = pydicom.dcmread(header.path, stop_before_pixels=True, specific_tags=wanted, force=True)
            spaces = {
                str(space.FrameOfReferenceUID) for space in dataset.get("ReferencedFrameOfReferenceSequence") or ()
            }
            series = {str(item.SeriesInstanceUID) for item in _series(dataset)}
        except Exception as error:  # damaged objects make pydicom raise almost anything
            msg = f"{file_words(header.path, header.person)}: found damaged references to a series; wanted whole ones."
            raise FormatError(msg) from error
        return cls(frozenset(series), frozenset(spaces | {header.frame_of_reference}) - {""})


def _series(dataset: Any) -> Iterator[Any]:  # data sets of pydicom
    yield from dataset.get("ReferencedSeriesSequence") or ()
    for space in dataset.get("ReferencedFrameOfReferenceSequence") or ():
        for study in space.get("RTReferencedStudySequence") or ():
            yield from study.get("RTReferencedSeriesSequence") or ()
