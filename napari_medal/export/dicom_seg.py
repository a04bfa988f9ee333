"""DICOM segmentations that refer to the series that the cases were made from."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from napari_medal.core.dataset import Dataset, ExportReport
from napari_medal.core.progress import Progress
from napari_medal.core.target import Target
from napari_medal.export.dicom.mask_frames import mask_frames
from napari_medal.export.dicom.segmentation_object import segmentation_object
from napari_medal.export.dicom.sourced_answer import SourcedAnswer
from napari_medal.export.dicom.writing import write_objects

if TYPE_CHECKING:
    from pydicom import Dataset as DicomDataset


@dataclass(frozen=True)
class DicomSegExporter:
    """Writes `<task>/<case>.dcm` for each mask: binary segments with codes, on the frames of the series.

    Patients are named by their pseudonyms, and the UIDs of exam and series stay, so that an archive finds the place;
    what is written belongs back there, not into the public.
    """

    name: str = "dicom-seg"
    title: str = "DICOM segmentations of the original series"

    def write(self, dataset: Dataset, folder: Path, progress: Progress) -> ExportReport:
        """Write the masks of every case that comes from a DICOM series, and list the others; or nothing.

        Raises:
            ExportError: The folder holds something already, or no case has a mask and a series.
            FormatError: An image or a mask has been damaged since it was kept.
            JobCancelled: The person cancelled; nothing was written.
        """
        return write_objects(dataset, folder, progress, self.name, frozenset({Target.MASK}), _make)


def _make(answer: SourcedAnswer) -> "DicomDataset":
    return segmentation_object(answer, mask_frames(answer))


EXPORTER = DicomSegExporter()
