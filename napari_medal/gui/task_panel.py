"""The panel of a task that asks for a class, by its dotted name."""

from importlib import import_module
from typing import Protocol

from qtpy.QtCore import SignalInstance
from qtpy.QtWidgets import QWidget

from napari_medal.core.labels import LabelScheme
from napari_medal.errors import ExtensionError
from napari_medal.types import FloatArray


class TaskPanel(Protocol):
    """A QWidget without constructor arguments, in which a reader chooses a class."""

    class_chosen: SignalInstance
    """(int): the reader chose the class of this value."""
    accept_requested: SignalInstance
    """The reader wants to accept the choice."""

    def show_answer(self, scheme: LabelScheme, probabilities: FloatArray | None, chosen: int | None) -> None:
        """Show the classes, the model's probabilities in scheme order, and the value that is chosen."""

    def choose(self, position: int) -> None:
        """Choose the class at `position` in the scheme, from 0, as if it had been clicked."""


def load_panel(dotted: str) -> "QWidget":
    """Build the panel called "package.module:Panel".

    Raises:
        ExtensionError: It cannot be imported, or is not a panel.
    """
    module, _, name = dotted.partition(":")
    try:
        panel = getattr(import_module(module), name)()
    except (ImportError, AttributeError, TypeError) as error:
        msg = f"The panel '{dotted}' could not be loaded: {error}"
        raise ExtensionError(msg) from error
    wanted = ("class_chosen", "accept_requested", "show_answer", "choose")
    missing = [member for member in wanted if not hasattr(panel, member)]
    if missing or not isinstance(panel, QWidget):
        what = f"lacks {', '.join(missing)}" if missing else "is no QWidget"
        msg = f"The panel '{dotted}' {what}."
        raise ExtensionError(msg)
    return panel
