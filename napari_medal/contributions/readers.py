"""Open medical image files in the viewer."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from napari_medal.contributions.layer import LayerData


def get_reader(path: "str | list[str]") -> "Callable[[str], list[LayerData]] | None":
    """Return what reads `path`, or None for a stack of files and for endings that no reader knows."""
    if isinstance(path, list):
        return None

    from napari_medal.io.installed import installed_files

    return _read if path.lower().endswith(installed_files().suffixes) else None


def _read(path: str) -> "list[LayerData]":
    from napari_medal.contributions.layer import layer_of
    from napari_medal.io.case_name import stem
    from napari_medal.io.installed import installed_files

    name = stem(Path(path))
    volumes = installed_files().read(Path(path))
    names = [name] if len(volumes) == 1 else [f"{name} [{channel}]" for channel in range(len(volumes))]
    return [layer_of(volume, title) for volume, title in zip(volumes, names, strict=True)]
