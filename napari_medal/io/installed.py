"""The readers that are installed."""

from napari_medal.core.reader import Reader
from napari_medal.io.read import VolumeFiles
from napari_medal.registry import Registry, keeps


def installed_files() -> VolumeFiles:
    """Return what reads every kind of file that an installed extension knows."""
    return VolumeFiles.of(Registry[Reader]("napari_medal.readers", keeps(Reader)))
