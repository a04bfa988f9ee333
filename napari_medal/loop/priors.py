"""The share of each class among the cases that a model version learnt from, where its answers are rid of it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter, ValidationError

from napari_medal.atomic import write_atomic
from napari_medal.engine.examples import Example
from napari_medal.errors import ProjectError

FILE_NAME = "priors.json"

Priors = npt.NDArray[np.float64]
_SHARES = TypeAdapter(list[float])


def class_priors(examples: Sequence[Example], classes: int) -> Priors:
    """Return the share of each class, (classes,), among labelled cases, each of which counts once."""
    indices = [example.class_index for example in examples if example.class_index is not None]
    return np.bincount(indices, minlength=classes) / max(1, len(indices))


def write_priors(folder: Path, priors: Priors) -> None:
    """Keep them in a model version's folder, atomically."""
    write_atomic(folder / FILE_NAME, lambda path: _write(path, priors))


def read_priors(folder: Path) -> Priors | None:
    """Read them back; None for a version whose answers stay as they are.

    Raises:
        ProjectError: The file is damaged.
    """
    path = folder / FILE_NAME
    try:
        return np.array(_SHARES.validate_json(path.read_bytes()))
    except FileNotFoundError:
        return None
    except ValidationError as error:
        msg = f"{path} is damaged: {error.errors()[0]['msg'].lower()}. Without the file probabilities stay as they are."
        raise ProjectError(msg) from error


def _write(path: Path, priors: Priors) -> None:
    path.write_bytes(_SHARES.dump_json(priors.tolist()))
