"""From a handful of hand-labelled volumes to a curated 3D dataset."""

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("napari-medal")
