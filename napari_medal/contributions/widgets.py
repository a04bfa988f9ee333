"""Open the dock."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qtpy.QtWidgets import QWidget


def open_dock() -> "QWidget":
    """Build the dock for the current viewer (napari passes none to functions).

    Raises:
        MedalError: No viewer is open.
    """
    import napari

    from napari_medal.errors import MedalError

    viewer = napari.current_viewer()
    if viewer is None:
        msg = "Found no open napari viewer; the Medal dock needs one."
        raise MedalError(msg)

    from napari_medal.gui.dock import MedalDock

    return MedalDock(viewer)
