"""The check of a reader of files."""

from pathlib import Path

import numpy as np

from napari_medal.core.reader import Reader
from napari_medal.core.reorientation import Reorientation
from napari_medal.core.volume import Volume
from napari_medal.errors import ExtensionError, FormatError
from napari_medal.testing.breach import attempt, require, require_identity


def check_reader(reader: Reader, folder: Path, example: Path | None = None) -> None:
    """Check the suffixes, that false files are refused, and that an example is read into the canonical frame.

    Args:
        reader: What is checked.
        folder: Where the check may write.
        example: A sound file of the format.

    Raises:
        ExtensionError: The first promise that is not kept.
    """
    what = require_identity("reader", reader, Reader)
    suffixes: object = reader.suffixes
    require(isinstance(suffixes, tuple) and suffixes, f"{what} has the suffixes {suffixes!r}; wanted a tuple.")
    for suffix in reader.suffixes:
        require(
            suffix.startswith(".") and suffix == suffix.lower() and len(suffix) > 1,
            f"{what} has the suffix '{suffix}'; wanted lower case with a dot, such as '.nii.gz'.",
        )
    for number, suffix in enumerate(reader.suffixes):
        for kind, content in (("a text file", b"This is no image.\n" * 40), ("an empty file", b"")):
            path = folder / f"false-{number}-{len(content)}{suffix}"
            path.write_bytes(content)
            _require_refusal(what, reader, path, kind)
    if example is not None:
        _check_volumes(what, attempt(f"{what} on {example.name}", reader.read, example))


def _require_refusal(what: str, reader: Reader, path: Path, kind: str) -> None:
    try:
        reader.read(path)
    except FormatError as error:
        require(path.stem in str(error), f"{what} refuses {path.name} without naming it: {error}")
        return
    except Exception as error:  # a reader may raise anything
        msg = f"{what} raised {type(error).__name__} for {kind} named {path.name}; wanted FormatError."
        raise ExtensionError(msg) from error
    msg = f"{what} read {kind} named {path.name}; wanted FormatError."
    raise ExtensionError(msg)


def _check_volumes(what: str, volumes: object) -> None:
    require(
        isinstance(volumes, tuple) and volumes and all(isinstance(volume, Volume) for volume in volumes),
        f"{what} gave {type(volumes).__name__}; wanted a tuple of volumes, one for each channel.",
    )
    for volume in volumes if isinstance(volumes, tuple) else ():
        turn = Reorientation.of(volume.grid)
        require(
            turn.permutation == (0, 1, 2) and not any(turn.flipped),
            f"{what} gave a volume with axes {volume.grid.orientation}; wanted the canonical frame, SPL.",
        )
        require(
            np.issubdtype(volume.array.dtype, np.number) or volume.array.dtype == np.bool_,
            f"{what} gave an array of {volume.array.dtype}; wanted numbers.",
        )
