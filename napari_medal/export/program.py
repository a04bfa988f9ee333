"""What writes a dataset, and what it is not for."""

from importlib.metadata import version

NOTE = "For research and dataset curation; not a medical device."


def program() -> str:
    """Return the program's name and version, such as "napari-medal 0.1.0"."""
    return f"napari-medal {version('napari-medal')}"
