"""The entry points that pyproject.toml declares; no installation is needed to read them."""

import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

EXTENSION_GROUPS = ("tasks", "recipes", "measures", "strategies", "exporters", "readers", "tools", "folders")


def declared_extensions(repo_root: Path) -> list[EntryPoint]:
    """Return our own extensions of every kind."""
    groups = tomllib.loads((repo_root / "pyproject.toml").read_text())["project"]["entry-points"]
    return [
        EntryPoint(name, target, group)
        for group, points in groups.items()
        if group.startswith("napari_medal.")
        for name, target in points.items()
    ]
