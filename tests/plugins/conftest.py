import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def points(repo_root: Path) -> tuple[EntryPoint, ...]:
    """The project's own entry points, installed or not."""
    groups = tomllib.loads((repo_root / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]
    return tuple(
        EntryPoint(name, value, group)
        for group, members in groups.items()
        if group.startswith("napari_medal.")
        for name, value in members.items()
    )
