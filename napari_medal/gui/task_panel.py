"""The panel of a task that asks for a class or a number, by its dotted name."""

from importlib import import_module
from typing import Protocol

from qtpy.QtCore import SignalInstance
from qtpy.QtWidgets import QWidget

from napari_medal.core.labels import LabelScheme
from napari_medal.core.quantity import Quantity
from napari_medal.core.target import Target
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


class NumberPanel(Protocol):
    """A QWidget without constructor arguments, in which a reader says a number."""

    value_chosen: SignalInstance
    """(float or None): the reader said this number, or took it back."""
    accept_requested: SignalInstance
    """The reader wants to accept the number."""

    def show_answer(
        self, quantity: Quantity, predicted: float | None, spread: float | None, chosen: float | None
    ) -> None:
        """Show what is measured, what the model says with the spread of its members, and the number that is chosen."""

    def begin(self, digit: int) -> None:
        """Say a number anew, of which this is the first digit."""


def load_panel(dotted: str, target: Target) -> "QWidget":
    """Build the panel called "package.module:Panel" of a task with this form of answers.

    Raises:
        ExtensionError: It cannot be imported, or is not a panel.
    """
    module, _, name = dotted.partition(":")
    try:
        panel = getattr(import_module(module), name)()
    except (ImportError, AttributeError, TypeError) as error:
        msg = f"The panel '{dotted}' could not be loaded: {error}"
        raise ExtensionError(msg) from error
    own = ("value_chosen", "begin") if target is Target.VALUE else ("class_chosen", "choose")
    missing = [member for member in (*own, "accept_requested", "show_answer") if not hasattr(panel, member)]
    if missing or not isinstance(panel, QWidget):
        what = f"lacks {', '.join(missing)}" if missing else "is no QWidget"
        msg = f"The panel '{dotted}' {what}."
        raise ExtensionError(msg)
    return panel
