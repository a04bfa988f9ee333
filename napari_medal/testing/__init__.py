"""Conformance checks for authors of extensions: each raises `ExtensionError` on the first breach."""

from napari_medal.testing.exporter import check_exporter
from napari_medal.testing.folder_reader import check_folder_reader
from napari_medal.testing.measure import check_measure
from napari_medal.testing.reader import check_reader
from napari_medal.testing.recipe import check_recipe
from napari_medal.testing.strategy import check_strategy
from napari_medal.testing.task import check_task
from napari_medal.testing.tool import check_tool

__all__ = [
    "check_exporter",
    "check_folder_reader",
    "check_measure",
    "check_reader",
    "check_recipe",
    "check_strategy",
    "check_task",
    "check_tool",
]
