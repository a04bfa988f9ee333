"""The `dataset.json` of nnU-Net and of the Medical Segmentation Decathlon."""

import json
import re
from collections.abc import Mapping
from pathlib import Path, PureWindowsPath
from typing import Any

from napari_medal.errors import FormatError

_NAME = "dataset.json"
_NUMBER = re.compile(r"\s*[0-9]{1,9}\s*")
_MOST_BYTES = 64 << 20


def find_dataset_json(folder: Path) -> Mapping[str, Any] | None:
    """Return the table in a folder's dataset.json; None where there is none that can be read."""
    try:
        return read_json(folder / _NAME)
    except (FormatError, OSError):
        return None


def read_json(path: Path) -> Mapping[str, Any]:
    """Return the table in a JSON file.

    Raises:
        FormatError: It is missing or no JSON table.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            msg = f"{path}: found {path.stat().st_size} bytes; wanted at most {_MOST_BYTES} for a table."
            raise FormatError(msg)
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        msg = f"{path}: found no such file; wanted a table in JSON."
        raise FormatError(msg) from error
    except OSError as error:
        msg = f"{path}: found a file that cannot be read ({error.strerror}); wanted a table in JSON."
        raise FormatError(msg) from error
    except (ValueError, RecursionError) as error:
        msg = f"{path}: found something that is no JSON ({error}); wanted a table."
        raise FormatError(msg) from error
    if not isinstance(found, dict):
        msg = f"{path}: found a {type(found).__name__}; wanted a table."
        raise FormatError(msg)
    return found


def by_number(table: Any, what: str, path: Path) -> dict[int, str]:
    """Return names by number from {"0": "CT"}, as both formats write channels and the Decathlon its labels.

    Raises:
        FormatError: It is no such table.
    """
    if not isinstance(table, dict) or not all(_NUMBER.fullmatch(str(key)) for key in table):
        msg = f'{path}: found {what} that are no table of numbers; wanted such as {{"0": "CT"}}.'
        raise FormatError(msg)
    return {int(key): str(name) for key, name in sorted(table.items(), key=lambda entry: int(entry[0]))}


def file_in(folder: Path, named: str, path: Path) -> Path:
    """Return the file that a table names, relative to its folder.

    Raises:
        FormatError: It lies outside the folder, or is no name.
    """
    relative = Path(named)
    if not named.strip() or not named.isprintable():
        msg = f"{path}: found the file {named!r}; wanted the name of a file."
        raise FormatError(msg)
    is_rooted = relative.is_absolute() or PureWindowsPath(named).drive or PureWindowsPath(named).root
    if is_rooted or ".." in PureWindowsPath(named).parts:
        msg = f"{path}: found the file '{named}', which lies outside the folder; wanted one within it."
        raise FormatError(msg)
    return folder / relative
