"""A curated dataset on its way out, and the protocol of an exporter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Case
from napari_medal.core.labels import LabelScheme
from napari_medal.core.progress import Progress
from napari_medal.core.series_source import SeriesSource
from napari_medal.core.target import Target


@dataclass(frozen=True)
class DatasetTask:
    """A task of the dataset: the form of its answers and their meaning, which is a quantity for values."""

    target: Target
    labels: LabelScheme


@dataclass(frozen=True)
class DatasetCase:
    """A case with its answers, by task.

    Args:
        case: The case.
        annotations: What readers said and accepted.
        predicted: What live models say where no reader did: annotations that are not accepted, whose reader is the
            version, such as "model v3".
        uncertainty: How unsure the model was when the label was made, as far as known.
        sources: The DICOM series of each channel; None for a channel that comes from none, empty for no channel at all.
        verified: The labels of other readers that annotations verify, by task.
    """

    case: Case
    annotations: Mapping[str, Annotation]
    predicted: Mapping[str, Annotation] = field(default_factory=dict)
    uncertainty: Mapping[str, float] = field(default_factory=dict)
    sources: tuple[SeriesSource | None, ...] = ()
    verified: Mapping[str, Annotation] = field(default_factory=dict)

    @property
    def answers(self) -> Mapping[str, Annotation]:
        """What readers said, and else what models say."""
        return {**self.predicted, **self.annotations}


@dataclass(frozen=True)
class Dataset:
    """Everything that an exporter writes."""

    name: str
    tasks: Mapping[str, DatasetTask]
    cases: tuple[DatasetCase, ...]


@dataclass(frozen=True)
class ExportReport:
    """What was written where.

    Args:
        folder: Where.
        cases: How many cases are in it.
        files: How many files.
        left_out: Cases that the format cannot hold, each with the reason; they are not in it.
    """

    folder: Path
    cases: int
    files: int
    left_out: tuple[str, ...] = ()


@runtime_checkable
class Exporter(Protocol):
    """Writes a dataset in one format.

    Register an instance under the entry-point group "napari_medal.exporters";
    `napari_medal.testing.check_exporter` tells whether it is sound. Cases of which only some slices are confirmed
    (`Annotation.confirmed`) come only to an exporter with a true attribute `says_what_is_confirmed`, which promises
    that nobody will take such a mask for a whole one.
    """

    @property
    def name(self) -> str:
        """Identifier on the command line."""

    @property
    def title(self) -> str:
        """One line for people."""

    def write(self, dataset: Dataset, folder: Path, progress: Progress) -> ExportReport:
        """Write the dataset into `folder`: all of it, or nothing.

        Raises:
            ExportError: The folder holds something already, or the format cannot hold the dataset.
        """
