"""What is to be written of one answer."""

from dataclasses import dataclass

from napari_medal.core.annotation import Annotation
from napari_medal.core.dataset import DatasetCase, DatasetTask
from napari_medal.core.series_source import SeriesSource
from napari_medal.export.dicom.label_making import LabelMaking
from napari_medal.export.dicom.stable_uid import stable_uid


@dataclass(frozen=True)
class SourcedAnswer:
    """One answer of a case, and the series that it is about.

    Args:
        case: The case.
        task: The task's name.
        meaning: What its answers mean.
        annotation: The answer.
        series: The series that the case was made from.
        number: Of the task in the dataset, from 1.
    """

    case: DatasetCase
    task: str
    meaning: DatasetTask
    annotation: Annotation
    series: SeriesSource
    number: int

    @property
    def making(self) -> LabelMaking:
        """How it came to be."""
        return LabelMaking.of(self.case, self.annotation)

    def uid(self, what: str, content: str = "") -> str:
        """Return the UID of something that is made of this answer: the same for the same answer and content."""
        series = self.series.series_instance_uid
        made = self.annotation.created_at.isoformat()
        return stable_uid(what, series, self.task, self.annotation.reader, made, content)
