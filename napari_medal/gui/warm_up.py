"""Import what is needed later while nobody is drawing yet."""

import importlib
import threading

_NEEDED = (
    "pandas",  # napari keeps the names of labels in its tables
    "napari_medal.loop.round",  # brings torch and MONAI
)
"""Their imports take seconds, in which the window stutters: better when a project is opened than in a stroke."""


def warm_up() -> None:
    """Begin the imports in the background; what is imported already costs nothing."""
    threading.Thread(target=_import_all, name="medal: warm-up").start()


def _import_all() -> None:
    for name in _NEEDED:
        importlib.import_module(name)
