"""The panel of a task by its dotted name: it asks for a class or a number, or shows what is read off a mask."""

from collections.abc import Collection, Sequence
from importlib import import_module
from typing import Protocol

from qtpy.QtCore import SignalInstance
from qtpy.QtWidgets import QWidget

from napari_medal.core.feature import Feature
from napari_medal.core.labels import LabelScheme
from napari_medal.core.quantity import Quantity
from napari_medal.core.sketch import Sketch
from napari_medal.core.target import Target
from napari_medal.errors import ExtensionError
from napari_medal.gui.case_figures import CaseFigures
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


class FeaturePanel(Protocol):
    """A QWidget without constructor arguments that shows what a task reads off its masks.

    Its `windowTitle` is the tab's title.
    """

    sketch_toggled: SignalInstance
    """(str, bool): the drawing of this name is to be seen, or not any more."""
    open_requested: SignalInstance
    """(str): the reader wants to open this case."""

    def show_features(self, features: Sequence[Feature]) -> None:
        """Show what is measured; everything else follows."""

    def show_cohort(self, figures: Sequence[CaseFigures]) -> None:
        """Show what was measured of all other cases, as far as a reader may see it."""

    def show_case(self, case: str, label: Sequence[float] | None, prediction: Sequence[float] | None) -> None:
        """Show what was measured of the case at hand, "" for none: of the label as it is drawn, of the prediction."""

    def show_sketches(self, sketches: Sequence[Sketch], seen: Collection[str]) -> None:
        """Show what can be drawn over the case at hand, and the names of what is seen."""


_OWN = {
    Target.CLASS: ("class_chosen", "choose", "accept_requested", "show_answer"),
    Target.VALUE: ("value_chosen", "begin", "accept_requested", "show_answer"),
    Target.MASK: (
        *("sketch_toggled", "open_requested"),
        *("show_features", "show_cohort", "show_case", "show_sketches"),
    ),
}
"""What a panel has, by the form of the answers."""


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
    missing = [member for member in _OWN[target] if not hasattr(panel, member)]
    if missing or not isinstance(panel, QWidget):
        what = f"lacks {', '.join(missing)}" if missing else "is no QWidget"
        msg = f"The panel '{dotted}' {what}."
        raise ExtensionError(msg)
    return panel
