"""The share of each class among the cases that a model version learnt from, where its answers are rid of it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from napari_medal.engine.examples import Example
from napari_medal.loop.version_file import VersionFile

FILE_NAME = "priors.json"

Priors = npt.NDArray[np.float64]
_File = VersionFile[list[float]]


def class_priors(examples: Sequence[Example], classes: int) -> Priors:
    """Return the share of each class, (classes,), among labelled cases, each of which counts once."""
    indices = [example.class_index for example in examples if example.class_index is not None]
    return np.bincount(indices, minlength=classes) / max(1, len(indices))


def write_priors(folder: Path, priors: Priors) -> None:
    """Keep them in a model version's folder, atomically."""
    _File(priors.tolist()).write(folder / FILE_NAME)


def read_priors(folder: Path) -> Priors | None:
    """Read them back; None for a version whose answers stay as they are.

    Raises:
        ProjectError: The file is damaged.
    """
    found = _File.read(folder / FILE_NAME, "Without the file probabilities stay as they are.")
    return None if found is None else np.array(found)
