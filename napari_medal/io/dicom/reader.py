"""DICOM files: series, multi-frame objects and single pictures; segmentations and contours as masks."""

from dataclasses import dataclass
from pathlib import Path

from napari_medal.core.found_case import FoundImage
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.core.reader import CloseLook
from napari_medal.core.volume import Volume
from napari_medal.errors import FormatError
from napari_medal.io.dicom.labels import read_labels
from napari_medal.io.dicom.series import look_at_series
from napari_medal.types import LabelArray


@dataclass(frozen=True)
class DicomReader:
    """Reads images of any modality, and SEG and RTSTRUCT objects as masks.

    No name of a file comes with its folders in notes and errors, since hospitals name folders after patients.
    """

    name: str = "dicom"
    suffixes: tuple[str, ...] = (".dcm", ".dicom", ".ima")

    def read(self, path: Path) -> tuple[Volume, ...]:
        """Read one file: one volume for each channel it holds.

        Raises:
            FormatError: It is no DICOM image, or one that would have to be repaired.
        """
        seen = self.look(FoundImage((path,)), repair=False)
        if not seen.volumes:
            raise FormatError(" ".join(note.words for note in seen.notes))
        return seen.volumes

    def look(self, image: FoundImage, repair: bool) -> CloseLook:
        """Read a series from its files, and say what is odd about it.

        Raises:
            FormatError: It cannot be read, or is no single series.
        """
        return look_at_series(image, repair)

    def read_mask(self, image: FoundImage, grid: Grid, scheme: LabelScheme) -> LabelArray:
        """Read SEG and RTSTRUCT objects, all of one case, or an image whose values are labels.

        Raises:
            FormatError: A file cannot be read.
            GeometryError: It does not fit the grid, or holds labels that the scheme does not know.
        """
        return read_labels(image, grid, scheme)


READER = DicomReader()
