"""DICOM structured reports that refer to the series that the cases were made from."""

from dataclasses import dataclass
from pathlib import Path

from napari_medal.core.dataset import Dataset, ExportReport
from napari_medal.core.progress import Progress
from napari_medal.core.target import Target
from napari_medal.export.dicom.report_object import report_object
from napari_medal.export.dicom.writing import write_objects


@dataclass(frozen=True)
class DicomSrExporter:
    """Writes `<task>/<case>.dcm` for each class and each number: a measurement report on the series.

    A class or a quantity whose name is no known term has a private code that is its name. Patients are named by their
    pseudonyms, and the UIDs of exam and series stay, so that an archive finds the place; what is written belongs back
    there, not into the public.
    """

    name: str = "dicom-sr"
    title: str = "DICOM structured reports on the original series"

    def write(self, dataset: Dataset, folder: Path, progress: Progress) -> ExportReport:
        """Write the classes and numbers of every case that comes from a DICOM series, and list the others; or nothing.

        Raises:
            ExportError: The folder holds something already, or no case has such an answer and a series.
            JobCancelled: The person cancelled; nothing was written.
        """
        targets = frozenset({Target.CLASS, Target.VALUE})
        return write_objects(dataset, folder, progress, self.name, targets, report_object)


EXPORTER = DicomSrExporter()
