"""The check of a reader of folders."""

from collections.abc import Sequence
from pathlib import Path

from napari_medal.core.folder_reader import FolderReader
from napari_medal.core.found_case import FoundCase
from napari_medal.core.progress import Silent
from napari_medal.core.pseudonyms import Pseudonyms
from napari_medal.errors import ExtensionError, FormatError
from napari_medal.testing.breach import attempt, require, require_identity

_KEY = Pseudonyms(b"of the conformance check")


def check_folder_reader(reader: FolderReader, folder: Path, example: Path | None = None) -> None:
    """Check that nothing false is recognised, and that the cases of an example have names, files and masks.

    The reader "plain" takes whatever nothing else recognises, and is not asked for the first.

    Args:
        reader: What is checked.
        folder: Where the check may write.
        example: A folder of the form, with two cases at least.

    Raises:
        ExtensionError: The first promise that is not kept.
    """
    what = require_identity("reader of folders", reader, FolderReader)
    for false in _false_folders(folder):
        found: object = attempt(f"{what}.recognises({false.name})", reader.recognises, false)
        require(isinstance(found, bool), f"{what}.recognises gave {found!r}; wanted a bool.")
        is_allowed = reader.name == "plain" and false.is_dir()
        require(is_allowed or not found, f"{what} recognises {false.name}, which is none of its folders.")
    if example is not None:
        recognised = attempt(f"{what}.recognises({example.name})", reader.recognises, example)
        require(recognised, f"{what} does not recognise {example}.")
        _check_cases(what, reader, example)


def _false_folders(folder: Path) -> list[Path]:
    """Make an empty folder, one of pictures of many patients, one of tables that say nothing, a file and nothing."""
    empty, pictures, tables, file = (folder / name for name in ("empty", "pictures", "tables", "file.txt"))
    for place in (empty, pictures, tables):
        place.mkdir(exist_ok=True)
    for number in range(1, 7):
        (pictures / f"patient_{number}.png").touch()
        (pictures / f"patient_{number}_mask.png").touch()
    for name, content in (("dataset.json", "[]"), ("dataset_description.json", "no table"), ("participants.tsv", "")):
        (tables / name).write_text(content)
    file.write_text("no folder")
    return [empty, pictures, tables, file, folder / "missing"]


def _check_cases(what: str, reader: FolderReader, example: Path) -> None:
    cases = attempt(f"{what}.find", reader.find, example, _KEY, Silent())
    require(len(cases) > 1, f"{what} found {len(cases)} cases in {example}; wanted two at least.")
    require(all(isinstance(case, FoundCase) for case in cases), f"{what}.find gave something other than cases.")
    names = [case.name for case in cases]
    require(names == sorted(set(names)), f"{what} found the cases {names}; wanted each once, sorted.")
    require(cases == attempt(f"{what}.find", reader.find, example, _KEY, Silent()), f"{what} finds others each time.")
    for case in cases:
        label = f"{what}, case '{case.name}',"
        plain = case.name.replace("-", "").replace("_", "").replace(".", "")
        require(plain.isascii() and plain.isalnum(), f"{label} has a name with other characters than A-Z, 0-9, -_.")
        require(case.images, f"{label} has no image.")
        for image in (*case.images, *([case.mask] if case.mask else [])):
            require(image.files, f"{label} has an image without a file.")
            require(all(path.is_file() for path in image.files), f"{label} names files that are not there.")
    _check_masks(what, reader, example, cases)


def _check_masks(what: str, reader: FolderReader, example: Path, cases: Sequence[FoundCase]) -> None:
    stranger = FoundCase("nobody-knows-this-case", ())
    try:
        found = reader.masks(example, [*cases, stranger])
    except FormatError:
        return
    except Exception as error:  # a reader may raise anything
        msg = f"{what}.masks raised {type(error).__name__}: {error}; wanted masks, or FormatError."
        raise ExtensionError(msg) from error
    strange = sorted(set(found) - {case.name for case in cases})
    require(not strange, f"{what}.masks gave masks of {', '.join(strange)}, which have none.")
