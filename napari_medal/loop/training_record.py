"""How a model version came about, beside its weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from napari_medal.core.evaluation import Interval
from napari_medal.core.learning import Learning
from napari_medal.loop.version_file import VersionFile

FILE_NAME = "training.json"


@dataclass(frozen=True)
class PseudoLabelled:
    """A case that was learnt from as a model version would have labelled it; no reader has seen that."""

    case: str
    model: int


@dataclass(frozen=True)
class TrainingRecord:
    """The choices behind a training, and what is known of it besides the gate's figures.

    Args:
        learning: How it learnt.
        began_with: The weights that it began with, and why, in words.
        seed: Its seed.
        fresh: Labels that the weights to start from had not seen.
        pseudo_labelled: Cases that a model labelled for it.
        cross_validation: The task's metrics on labels that each fold had not seen; empty without folds.
    """

    learning: Learning
    began_with: str
    seed: int
    fresh: int
    pseudo_labelled: tuple[PseudoLabelled, ...] = ()
    cross_validation: Mapping[str, Interval] | None = None


_File = VersionFile[TrainingRecord]


def write_record(folder: Path, record: TrainingRecord) -> None:
    """Keep it in a model version's folder, atomically."""
    _File(record).write(folder / FILE_NAME)


def read_record(folder: Path) -> TrainingRecord | None:
    """Read it back; None for a version without one.

    Raises:
        ProjectError: The file is damaged.
    """
    return _File.read(folder / FILE_NAME)
