"""Import what is needed later while nobody is drawing yet."""

import gc
import importlib
import threading
from collections.abc import Callable

_NEEDED = (
    "pandas",  # napari keeps the names of labels in its tables
    "napari_medal.loop.round",  # brings torch and MONAI
)
"""Their imports take seconds, in which the window stutters: better when a project is opened than in a stroke."""


def warm_up(is_empty: Callable[[], bool]) -> None:
    """Begin the imports in the background; what is imported already costs nothing.

    napari collects garbage for each layer that is removed, and looks at all that torch and others brought each time.
    Afterwards the collector leaves those objects alone, once a process, unless somebody has asked for that already.

    Args:
        is_empty: Tells whether the viewer has no layers; those that the collector leaves alone would stay for good.
    """
    threading.Thread(target=_import_all, args=(is_empty,), name="medal: warm-up").start()


def _import_all(is_empty: Callable[[], bool]) -> None:
    for name in _NEEDED:
        importlib.import_module(name)
    if gc.get_freeze_count() == 0 and is_empty():
        gc.collect()
        if is_empty():
            gc.freeze()
